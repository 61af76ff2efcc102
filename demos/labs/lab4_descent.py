# %% [markdown]
# # Lab 4: Gradient descent
#
# The gradient tells how the loss grows if a parameter grows. So to make the loss small, move each parameter a little
# **against** its gradient, and repeat. This is all of training. **Predict, run, explain.**

# %%
# ModuleNotFoundError? Run %pip install autograd_tiny in a cell above this one.
import matplotlib.pyplot as plt

from autograd_tiny import Value
from autograd_tiny.labs import lab4 as check

# %% [markdown]
# ## 1. Predict
#
# There is one parameter $p = 4$, the loss is $p^2$, so its gradient is $2p = 8$. The learning rate is 0.1. Where is $p$
# after one step of gradient descent?


# %% nbgrader={"grade": false, "grade_id": "predict_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_step():
    """Where is p after one step?"""
    ### BEGIN SOLUTION
    return 3.2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-predict_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.predict_step(predict_step)

# %%
p = Value(4.0)
loss = p**2
loss.backward()
p.data -= 0.1 * p.grad
print("p after one step:", p.data)

# %% [markdown]
# ## 2. One step
#
# Move every parameter by the learning rate times its gradient, downhill. The number of a parameter is `p.data`, and you
# may assign to it.


# %% nbgrader={"grade": false, "grade_id": "step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def step(parameters, rate):
    """Move each parameter one step downhill."""
    ### BEGIN SOLUTION
    for p in parameters:
        p.data -= rate * p.grad
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.step(step)
### BEGIN HIDDEN TESTS
check.step(step, at=[([10.0, 20.0, 30.0, 40.0], [1.0, -1.0, 2.0, -2.0], 0.25)])
### END HIDDEN TESTS

# %% [markdown]
# ## 3. The loop
#
# Each step has four parts: compute the loss (**forward**), set the gradients to 0, run the **backward** pass, and take the
# step. `loss_of(parameters)` records the graph anew and returns the loss, a `Value`. Return the list of the losses, one
# number for each step: the loss that the step began with.


# %% nbgrader={"grade": false, "grade_id": "train", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train(loss_of, parameters, steps, rate):
    """Take some steps of gradient descent, and return the loss before each."""
    ### BEGIN SOLUTION
    losses = []
    for _ in range(steps):
        loss = loss_of(parameters)
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        step(parameters, rate)
        losses.append(loss.data)
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-train", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.train(train)
### BEGIN HIDDEN TESTS
check.train(train, at=[([-3.0, 2.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0])])
### END HIDDEN TESTS

# %% [markdown]
# A valley with two parameters, steep in one direction and flat in the other. **Predict** the path before you run this:
# straight to the middle, or not?


# %%
def valley(parameters):
    x, y = parameters
    return 0.5 * x**2 + 4 * y**2


plt.figure(figsize=(5.5, 3.2))
for rate in (0.05, 0.2, 0.24):
    x, y = Value(4.0), Value(1.5)
    path = [(x.data, y.data)]
    for _ in range(25):
        train(valley, [x, y], 1, rate)
        path.append((x.data, y.data))
    plt.plot(*zip(*path), "o-", markersize=3, label=f"rate {rate}")
plt.xlabel("x")
plt.ylabel("y")
plt.legend()
plt.show()

# %% [markdown]
# ## 4. How large may a step be?
#
# For the loss $a \cdot x^2$ the gradient is $2 a x$, so a step takes $x$ to $x - \text{rate} \cdot 2 a x$. From one rate on,
# $x$ does not come nearer to 0 any more but jumps from side to side. Which rate is it, depending on $a$? (Try with paper
# first, or with `train`.)


# %% nbgrader={"grade": false, "grade_id": "largest_rate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def largest_rate(a):
    """Return the rate below which gradient descent on a·x² gets nearer to 0 with every step."""
    ### BEGIN SOLUTION
    return 1 / a
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-largest_rate", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.largest_rate(largest_rate)
### BEGIN HIDDEN TESTS
check.largest_rate(largest_rate, at=[(0.01,), (40.0,)])
### END HIDDEN TESTS


# %%
def bowl(parameters):
    return 3 * parameters[0] ** 2


for share in (0.5, 0.9, 0.99, 1.01):
    losses = train(bowl, [Value(1.0)], 30, share * largest_rate(3))
    print(f"{share:4} of the largest rate: the loss goes from {losses[0]} to {losses[-1]:.3g}")

# %% [markdown]
# ## Explain
#
# Why does the path with rate 0.24 zigzag along one direction only, and why can one learning rate not suit both
# directions of the valley?

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-descent", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# Along y the loss is 4y², so the largest rate is 1/4, and 0.24 is just below it: y changes its sign in every step. Along x
# the loss is 0.5x², where rates up to 2 work, so x only creeps. A rate that is right for x would make y explode.
