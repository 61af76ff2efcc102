# %% [markdown]
# # Lab 1: What is a derivative?
#
# Each part of a lab goes in three steps. **Predict** what will happen, and write it down. **Run** the cell and look.
# **Explain** in your own words what you saw. A wrong prediction costs nothing: it shows you what to think about.
#
# Below each exercise stands a check. It prints ✓, or one sentence that tells what is wrong, with an example to try.
# Then `check.hint()` gives a hint, and `check.hint()` once more the mistake by its name, if it is a classic one.
# Nothing here needs a network.

# %%
# ModuleNotFoundError? Run %pip install autograd_tiny in a cell above this one.
import math

import matplotlib.pyplot as plt

from autograd_tiny import Value
from autograd_tiny.labs import lab1 as check

# %% [markdown]
# ## 1. Predict
#
# Take $f(x) = x^2$ and stand at $x = 3$. Nudge $x$ a tiny bit to the right. How many times as fast as $x$ does $f(x)$
# move? Return your number, without computing anything else yet.


# %% nbgrader={"grade": false, "grade_id": "predict_slope", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_slope():
    """How many times as fast as x does x² move, at x = 3?"""
    ### BEGIN SOLUTION
    return 6
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-predict_slope", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.predict_slope(predict_slope)

# %% [markdown]
# Now run it: a nudge $h$, the change of $f$, and the one divided by the other.

# %%
for h in (1.0, 0.1, 0.01, 0.001):
    change = (3 + h) ** 2 - 3**2
    print(f"h = {h:5}   change of f = {change:.6f}   change / h = {change / h:.4f}")

# %% [markdown]
# ## 2. The difference quotient
#
# That number, for ever smaller $h$, is the **derivative**. With a nudge to both sides it gets exact much sooner:
#
# $$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}$$
#
# Write it.


# %% nbgrader={"grade": false, "grade_id": "difference_quotient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def difference_quotient(f, x, h):
    """Return the slope of f between x - h and x + h."""
    ### BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-difference_quotient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.difference_quotient(difference_quotient)
### BEGIN HIDDEN TESTS
check.difference_quotient(difference_quotient, at=[(math.exp, 0.5, 0.01), (math.cos, -2.0, 0.3)])
### END HIDDEN TESTS

# %% [markdown]
# **Predict** before you run the next cell: is a smaller $h$ always better? The plot shows by how much the quotient misses
# $\sin'(1) = \cos(1)$.

# %%
steps = [10.0**-k for k in range(1, 15)]
one_sided = [abs((math.sin(1 + h) - math.sin(1)) / h - math.cos(1)) for h in steps]
two_sided = [abs(difference_quotient(math.sin, 1.0, h) - math.cos(1)) for h in steps]

plt.figure(figsize=(5.5, 3.2))
plt.loglog(steps, one_sided, "o-", label="nudged to one side")
plt.loglog(steps, two_sided, "o-", label="nudged to both sides")
plt.xlabel("h")
plt.ylabel("error")
plt.legend()
plt.show()

# %% [markdown]
# From right to left: first the error shrinks, since the curve gets straighter when you look closer. Then it grows again,
# since two almost equal numbers are subtracted and their last digits are noise. No $h$ gives all digits. An autograd engine
# does, as it follows the rules of calculus instead.

# %% [markdown]
# ## 3. The slope by the rules
#
# From now on $f(x) = x^3 - 2x + 5$. Write its derivative with the rules you know: the power rule, and that sums are
# differentiated one term at a time.


# %%
def f(x):
    return x**3 - 2 * x + 5


# %% nbgrader={"grade": false, "grade_id": "slope", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slope(x):
    """Return f'(x) for f(x) = x³ - 2x + 5."""
    ### BEGIN SOLUTION
    return 3 * x**2 - 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-slope", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.slope(slope)
### BEGIN HIDDEN TESTS
check.slope(slope, at=[(7.0,), (-0.3,), (100.0,)])
### END HIDDEN TESTS

# %% [markdown]
# The engine finds the same number without a formula of yours. `Value` is a number that remembers how it was made, and
# `backward()` walks back from the result.

# %%
x = Value(2.0)
y = f(x)
y.backward()
print("slope by hand:       ", slope(2.0))
print("slope by the engine: ", x.grad)
print("difference quotient: ", difference_quotient(f, 2.0, 0.001))

# %% [markdown]
# ## 4. The tangent
#
# Near $x_0$ a smooth curve is almost a straight line: it starts at the height $f(x_0)$ and rises with the slope
# $f'(x_0)$. Write that line, with the `f` and `slope` from above.


# %% nbgrader={"grade": false, "grade_id": "tangent", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tangent(x0, x):
    """Return the height, at x, of the line that touches f at x0."""
    ### BEGIN SOLUTION
    return f(x0) + slope(x0) * (x - x0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-tangent", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.tangent(tangent)
### BEGIN HIDDEN TESTS
check.tangent(tangent, at=[(1.0, 1.0), (-2.0, 4.0)])
### END HIDDEN TESTS

# %%
xs = [k / 20 for k in range(-50, 51)]
plt.figure(figsize=(5.5, 3.2))
plt.plot(xs, [f(x) for x in xs], label="f")
for x0 in (-1.5, 0.5, 2.0):
    near = [x0 - 0.7, x0 + 0.7]
    plt.plot(near, [tangent(x0, x) for x in near], "--")
    plt.plot(x0, f(x0), "ko")
plt.legend()
plt.show()

# %% [markdown]
# ## 5. A kink
#
# $\mathrm{relu}(x)$ is $x$ where $x$ is positive, and 0 elsewhere. Its slope is plain to see, except at 0, where two answers
# are possible. The convention, here as in PyTorch, is that the slope at 0 is 0.


# %% nbgrader={"grade": false, "grade_id": "slope_of_relu", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slope_of_relu(x):
    """Return relu'(x)."""
    ### BEGIN SOLUTION
    return 1.0 if x > 0 else 0.0
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-slope_of_relu", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.slope_of_relu(slope_of_relu)
### BEGIN HIDDEN TESTS
check.slope_of_relu(slope_of_relu, at=[(1e-9,), (-1e-9,), (50.0,)])
### END HIDDEN TESTS

# %% [markdown]
# ## Explain
#
# A friend says: "The derivative is the difference quotient with h = 0." What is wrong with that, and what did the plot in
# part 2 show about very small $h$? Two or three sentences.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-derivative", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# With h = 0 the quotient is 0/0, which is nothing; the derivative is what the quotient comes near to when h shrinks.
# On a computer a very small h makes it worse again: f(x + h) and f(x - h) agree in almost all digits, and what is left
# after the subtraction is mostly rounding.
