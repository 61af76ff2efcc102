# %% [markdown]
# # Lab 2: The chain rule
#
# A network is a long chain of simple steps. You know the slope of each step. This lab is about what happens when steps are
# put one behind the other, and when a number is used more than once. **Predict, run, explain.**

# %%
# ModuleNotFoundError? Run %pip install autograd_tiny in a cell above this one.
import math

from autograd_tiny import Value, sin, tanh
from autograd_tiny.labs import lab2 as check

# %% [markdown]
# ## 1. Predict
#
# $u = 3x + 1$ and $y = u^2$. At $x = 1$ we have $u = 4$ and $y = 16$. If $x$ moves a tiny bit, $u$ moves 3 times as fast,
# and $y$ moves $2u$ times as fast as $u$. How many times as fast as $x$ does $y$ move?


# %% nbgrader={"grade": false, "grade_id": "predict_chain", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_chain():
    """How many times as fast as x does y move?"""
    ### BEGIN SOLUTION
    return 24
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-predict_chain", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.predict_chain(predict_chain)

# %%
x = Value(1.0, label="x")
u = 3 * x + 1
y = u**2
y.backward()
print("∂y/∂u =", u.grad)
print("∂y/∂x =", x.grad, "= 3 ·", u.grad)

# %% [markdown]
# ## 2. One path: slopes are multiplied
#
# $$\frac{dy}{dx} = \frac{dy}{du} \cdot \frac{du}{dx}$$
#
# Each factor is taken at the point where its step happens. Write the derivative of $y = \sin(x^2)$.


# %% nbgrader={"grade": false, "grade_id": "chain", "locked": false, "schema_version": 3, "solution": true, "task": false}
def chain(x):
    """Return dy/dx for y = sin(x²)."""
    ### BEGIN SOLUTION
    return math.cos(x**2) * 2 * x
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-chain", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.chain(chain)
### BEGIN HIDDEN TESTS
check.chain(chain, at=[(0.0,), (3.1,), (-1.2,)])
### END HIDDEN TESTS

# %%
x = Value(1.5)
sin(x**2).backward()
print("by hand:", chain(1.5), "  by the engine:", x.grad)

# %% [markdown]
# ## 3. Two paths: contributions are added
#
# A **partial** tells how the result moves if one input moves and the others rest. In $z = a \cdot b + a$ the number $a$ is
# used twice, so there are two paths from $a$ to $z$. Each path contributes, and the contributions are added.
#
# **Predict** on paper what $\partial z/\partial a$ is at $a = 2$, $b = -3$. Then write both partials for any $a$ and $b$.


# %% nbgrader={"grade": false, "grade_id": "partials", "locked": false, "schema_version": 3, "solution": true, "task": false}
def partials(a, b):
    """Return [∂z/∂a, ∂z/∂b] for z = a·b + a."""
    ### BEGIN SOLUTION
    return [b + 1, a]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-partials", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.partials(partials)
### BEGIN HIDDEN TESTS
check.partials(partials, at=[(0.0, 0.0), (10.0, -0.1)])
### END HIDDEN TESTS

# %%
a, b = Value(2.0, label="a"), Value(-3.0, label="b")
z = a * b + a
z.label = "z"
print(z.explain())

# %% [markdown]
# ## 4. A neuron
#
# A neuron computes $y = \tanh(w x + b)$. Call the **pre-activation** $z = w x + b$. The slope of $\tanh$ at $z$ is $1 - y^2$.
# That is the **upstream** of everything below: each partial of $z$ is multiplied by it.


# %% nbgrader={"grade": false, "grade_id": "neuron_partials", "locked": false, "schema_version": 3, "solution": true, "task": false}
def neuron_partials(x, w, b):
    """Return [∂y/∂x, ∂y/∂w, ∂y/∂b] for y = tanh(w·x + b)."""
    ### BEGIN SOLUTION
    y = math.tanh(w * x + b)
    upstream = 1 - y**2
    return [upstream * w, upstream * x, upstream]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-neuron_partials", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.neuron_partials(neuron_partials)
### BEGIN HIDDEN TESTS
check.neuron_partials(neuron_partials, at=[(0.0, 1.0, 0.0), (3.0, 1.0, -2.5)])
### END HIDDEN TESTS

# %% [markdown]
# **Predict:** what happens to all three partials when the pre-activation is large, say 10? Run it.

# %%
for bias in (0.0, 1.0, 3.0, 10.0):
    x, w, b = Value(1.0), Value(0.5), Value(bias)
    y = tanh(w * x + b)
    y.backward()
    print(f"z = {bias + 0.5:4}   y = {y.data:.6f}   ∂y/∂w = {w.grad:.6f}")

# %% [markdown]
# ## Explain
#
# The last run shows why a neuron with a large pre-activation hardly learns. Explain it with the chain rule, in one or two
# sentences.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-chain", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# Every partial has the factor 1 - y², the slope of tanh at z. Where z is large, y is almost 1, the slope is almost 0, and
# so is everything that is multiplied by it: the weight gets almost no gradient, however wrong the output is.
