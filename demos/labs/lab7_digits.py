# %% [markdown]
# # Lab 7: Handwritten digits
#
# Now everything comes together. A network of 64 inputs, 16 hidden neurons and 10 scores learns to read digits, with a loop
# that **you** write. The pictures are 8 × 8 pixels and come with scikit-learn: nothing is downloaded.

# %%
# ModuleNotFoundError? Run %pip install autograd_tiny in a cell above this one.
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits

from autograd_tiny import cross_entropy, mean, no_gc, no_grad
from autograd_tiny.labs import lab7 as check
from nn import MLP

digits = load_digits()
pictures = [[pixel / 16 for pixel in row] for row in digits.data.tolist()]
examples = list(zip(pictures, digits.target.tolist()))
training = [example for k, example in enumerate(examples[:900]) if k % 3]
test = examples[:900:3]  # every third one: the network never trains on these

fig, axes = plt.subplots(1, 10, figsize=(8, 1.2))
for ax, (pixels, digit) in zip(axes, training):
    ax.imshow([pixels[8 * row : 8 * row + 8] for row in range(8)], cmap="gray_r")
    ax.set_title(digit)
    ax.axis("off")
plt.show()

# %% [markdown]
# ## 1. Predict
#
# Before it has learnt anything, the network guesses. Which share of the digits does it get right, about?


# %% nbgrader={"grade": false, "grade_id": "predict_guess", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_guess():
    """Which share of the digits is right by guessing?"""
    ### BEGIN SOLUTION
    return 0.1
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-predict_guess", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.predict_guess(predict_guess)

# %% [markdown]
# ## 2. Accuracy
#
# `scores` has for each example a list with one score for each class. The network's answer is the **position** of the largest
# score. Return the share of the answers that are right.


# %% nbgrader={"grade": false, "grade_id": "accuracy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def accuracy(scores, targets):
    """Return the share of the examples whose largest score stands at the target."""
    ### BEGIN SOLUTION
    right = sum(row.index(max(row)) == target for row, target in zip(scores, targets))
    return right / len(targets)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-accuracy", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.accuracy(accuracy)
### BEGIN HIDDEN TESTS
check.accuracy(
    accuracy, at=[([[1.0, 2.0, 3.0, 4.0]], [3]), ([[0.0, -1.0], [2.0, 9.0], [5.0, 1.0], [3.0, 4.0]], [1, 0, 0, 1])]
)
### END HIDDEN TESTS


# %%
def scores_of(model, examples):
    with no_grad():
        return [[score.data for score in model(pixels)] for pixels, digit in examples]


targets = [digit for pixels, digit in test]
model = MLP(64, [16, 10], hidden="tanh", initializer="xavier_uniform", seed=5)
print(model)
print(f"accuracy of an untrained network: {accuracy(scores_of(model, test), targets):.1%}")

# %% [markdown]
# ## 3. Batches
#
# A step that looks at all examples is slow, one that looks at a single example is rash. A **batch** is in between. Cut the
# list of examples into batches of `size`, one after the other; the last one may be smaller.


# %% nbgrader={"grade": false, "grade_id": "batches", "locked": false, "schema_version": 3, "solution": true, "task": false}
def batches(examples, size):
    """Return a list of batches, each a list of examples."""
    ### BEGIN SOLUTION
    return [examples[start : start + size] for start in range(0, len(examples), size)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-batches", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.batches(batches)
### BEGIN HIDDEN TESTS
check.batches(batches, at=[([1, 2, 3], 10), ([1, 2, 3, 4], 1), ([1, 2, 3, 4], 4)])
### END HIDDEN TESTS

# %% [markdown]
# ## 4. One step
#
# For a batch: set the gradients to 0 with `model.zero_grad()`, take the **mean** of `cross_entropy(model(x), target)` over the
# examples, run `backward()`, and move each `p` in `model.parameters()` downhill. Return the loss as a plain number.


# %% nbgrader={"grade": false, "grade_id": "learn", "locked": false, "schema_version": 3, "solution": true, "task": false}
def learn(model, batch, rate):
    """Take one step of gradient descent for a batch, and return its loss."""
    ### BEGIN SOLUTION
    model.zero_grad()
    loss = mean([cross_entropy(model(x), target) for x, target in batch])
    loss.backward()
    for p in model.parameters():
        p.data -= rate * p.grad
    return loss.data
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-learn", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.learn(learn)
### BEGIN HIDDEN TESTS
check.learn(learn, at=[([([0.5, 0.5], 0)], 2.0), ([([1.0, 0.0], 1), ([0.0, 1.0], 1)], 0.1)])
### END HIDDEN TESTS

# %% [markdown]
# ## 5. Train
#
# **Predict** how many passes over the 600 digits (**epochs**) it takes until 9 of 10 digits that the network has never seen
# are recognised. Then run it; it takes some seconds. (`learn` records a new graph for every example: that is what you are to
# see. `fit` from `nn` records one and replays it on whole batches with NumPy; `autograd-tiny lesson digits` says how much
# faster that is on your machine.)

# %%
curve, losses = [], []
with no_gc():
    for epoch in range(5):
        epoch_losses = [learn(model, batch, rate=0.5) for batch in batches(training, 20)]
        losses.append(sum(epoch_losses) / len(epoch_losses))
        curve.append(accuracy(scores_of(model, test), targets))
        print(f"epoch {epoch + 1:2}   loss {losses[-1]:.3f}   accuracy on unseen digits {curve[-1]:.1%}")

plt.figure(figsize=(5.5, 3.2))
plt.plot(range(1, 6), curve, "o-")
plt.xlabel("epoch")
plt.ylabel("accuracy on unseen digits")
plt.ylim(0, 1)
plt.show()

# %% [markdown]
# Look at what it still gets wrong. Would you have known?

# %%
read = [row.index(max(row)) for row in scores_of(model, test)]
wrong = [(pixels, digit, other) for (pixels, digit), other in zip(test, read) if digit != other]
fig, axes = plt.subplots(1, 8, figsize=(8, 1.6))
for ax in axes:
    ax.axis("off")
for ax, (pixels, digit, other) in zip(axes, wrong):
    ax.imshow([pixels[8 * row : 8 * row + 8] for row in range(8)], cmap="gray_r")
    ax.set_title(f"{digit}, read as {other}", fontsize=7)
plt.show()

# %% [markdown]
# ## Explain
#
# Why is the accuracy measured on digits that the network was **not** trained on? What would you see on the training digits,
# and what would it tell you?

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-digits", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# A network can learn its examples by heart, and then says nothing about new ones. On the training digits the accuracy is
# higher, near 100 % after enough epochs; the gap between the two shows how much was learnt by heart.
