# %% [markdown]
# # Lab 6: Softmax and cross-entropy
#
# A classifier gives a score for each class. Softmax makes probabilities of them, and cross-entropy asks: how improbable did
# you find the truth? Both have a trap for computers. **Predict, run, explain.**

# %%
# ModuleNotFoundError? Run %pip install autograd_tiny in a cell above this one.
import math

import matplotlib.pyplot as plt

from autograd_tiny import Value
from autograd_tiny import cross_entropy as engine_cross_entropy
from autograd_tiny.labs import lab6 as check

# %% [markdown]
# ## 1. Predict
#
# There are four classes and a network that knows nothing: all scores are 0, so each class has the probability 1/4. The loss
# is $-\log p$, with the natural logarithm and the probability $p$ of the right class. What is the loss?


# %% nbgrader={"grade": false, "grade_id": "predict_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_loss():
    """What is the loss of a network that guesses among four classes?"""
    ### BEGIN SOLUTION
    return math.log(4)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-predict_loss", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.predict_loss(predict_loss)

# %%
for count in (2, 4, 10, 1000):
    print(f"{count:5} classes: the loss of a guess is {-math.log(1 / count):.4f}")

# %% [markdown]
# ## 2. Softmax
#
# $$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$
#
# The trap: $e^{1000}$ is too large for a float. The way out: subtract the largest score from all of them first. That
# changes no probability, as it divides numerator and denominator by the same number.


# %% nbgrader={"grade": false, "grade_id": "softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax(z):
    """Return the probabilities for a list of scores."""
    ### BEGIN SOLUTION
    exps = [math.exp(x - max(z)) for x in z]
    return [e / sum(exps) for e in exps]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-softmax", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.softmax(softmax)
### BEGIN HIDDEN TESTS
check.softmax(softmax, at=[([5.0],), ([-1000.0, -1001.0],), ([1.0, 1.0, 1.0, 4.0],)])
### END HIDDEN TESTS

# %% [markdown]
# ## 3. Cross-entropy
#
# $$L = -\log p_{\text{target}} = \log \sum_k e^{z_k} - z_{\text{target}}$$
#
# The trap: a probability can be so small that it becomes 0, and the logarithm of 0 is -inf. So do not go through `softmax`;
# use the right-hand side, with the largest score $m$ taken out: $\log \sum_k e^{z_k} = m + \log \sum_k e^{z_k - m}$.


# %% nbgrader={"grade": false, "grade_id": "cross_entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cross_entropy(z, target):
    """Return the loss for a list of scores and the position of the right class."""
    ### BEGIN SOLUTION
    m = max(z)
    return m + math.log(sum(math.exp(x - m) for x in z)) - z[target]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-cross_entropy", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.cross_entropy(cross_entropy)
### BEGIN HIDDEN TESTS
check.cross_entropy(cross_entropy, at=[([-800.0, 800.0, 0.0], 0), ([2.0], 0), ([0.1, 0.2, 0.3], 2)])
### END HIDDEN TESTS

# %%
scores = [k / 10 for k in range(-60, 61)]
plt.figure(figsize=(5.5, 3.2))
plt.plot(scores, [cross_entropy([s, 0.0], 0) for s in scores], label="loss")
plt.plot(scores, [softmax([s, 0.0])[0] for s in scores], label="probability")
plt.xlabel("score of the right class, the other being 0")
plt.legend()
plt.show()

# %% [markdown]
# ## 4. The slope
#
# Softmax and cross-entropy together have a wonderfully short derivative: the probabilities minus the truth,
#
# $$\frac{\partial L}{\partial z_i} = p_i - y_i$$
#
# where $y_i$ is 1 at the target and 0 elsewhere.


# %% nbgrader={"grade": false, "grade_id": "slopes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def slopes(z, target):
    """Return ∂L/∂z for each score."""
    ### BEGIN SOLUTION
    return [p - (1 if k == target else 0) for k, p in enumerate(softmax(z))]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-slopes", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.slopes(slopes)
### BEGIN HIDDEN TESTS
check.slopes(slopes, at=[([0.0, 0.0, 0.0, 0.0], 3), ([50.0, -50.0], 1)])
### END HIDDEN TESTS

# %%
z = [Value(1.0), Value(2.0), Value(0.5)]
engine_cross_entropy(z, 0).backward()
print("by the engine:", [round(x.grad, 6) for x in z])
print("by hand:      ", [round(s, 6) for s in slopes([1.0, 2.0, 0.5], 0)])

# %% [markdown]
# ## Explain
#
# The slopes always add up to 0. Why? And what does that mean for the scores when the network takes a step?

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-cross-entropy", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# The probabilities add up to 1 and so does y, so their differences add up to 0. A step pushes the score of the right class
# up exactly as much as it pushes the others down, taken together.
