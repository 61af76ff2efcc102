# %% [markdown]
# # Lab 5: Neurons and layers
#
# A neuron is a weighted sum with a **bias**, followed by an **activation**. A layer is a list of neurons that see the same
# inputs. You write both, then go backwards through a layer by hand. **Predict, run, explain.**

# %%
# ModuleNotFoundError? Run %pip install autograd_tiny in a cell above this one.
from autograd_tiny import Value, relu
from autograd_tiny.labs import lab5 as check

# %% [markdown]
# ## 1. Predict
#
# A neuron computes $y = \mathrm{relu}(w x + b)$ with $w = 2$, $x = -3$, $b = 1$, so the pre-activation is $-5$ and $y = 0$.
# What is the gradient $\partial y/\partial w$?


# %% nbgrader={"grade": false, "grade_id": "predict_relu", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_relu():
    """What is ∂y/∂w?"""
    ### BEGIN SOLUTION
    return 0
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-predict_relu", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.predict_relu(predict_relu)

# %%
w = Value(2.0)
y = relu(w * -3.0 + 1.0)
y.backward()
print("y =", y.data, "  ∂y/∂w =", w.grad)

# %% [markdown]
# ## 2. One neuron
#
# The weights `w` are a list of Values, the bias `b` is a Value, the inputs `x` a list of plain numbers. Return
# $\mathrm{relu}(w_0 x_0 + w_1 x_1 + \dots + b)$ as a Value that can be differentiated.


# %% nbgrader={"grade": false, "grade_id": "neuron", "locked": false, "schema_version": 3, "solution": true, "task": false}
def neuron(w, x, b):
    """Return relu(w·x + b)."""
    ### BEGIN SOLUTION
    z = b
    for weight, number in zip(w, x):
        z = z + weight * number
    return relu(z)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-neuron", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.neuron(neuron)
### BEGIN HIDDEN TESTS
check.neuron(neuron, at=[([0.5], [2.0], -3.0), ([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0], 0.5)])
### END HIDDEN TESTS

# %% [markdown]
# ## 3. A layer
#
# `weights` has one row for each neuron, `biases` one bias for each neuron. Return the list of outputs.


# %% nbgrader={"grade": false, "grade_id": "layer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer(weights, biases, x):
    """Return the output of each neuron."""
    ### BEGIN SOLUTION
    return [neuron(w, x, b) for w, b in zip(weights, biases)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-layer", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check.layer(layer)
### BEGIN HIDDEN TESTS
check.layer(layer, at=[([[1.0, 2.0, 3.0], [0.5, 0.5, 0.5]], [0.0, -1.0], [1.0, 0.5, 2.0])])
### END HIDDEN TESTS

# %% [markdown]
# Two layers can do what one neuron cannot: *exclusive or* is 1 if exactly one of two inputs is 1. **Predict** what the two
# hidden neurons say for each input, then run it.

# %%
hidden_w = [[Value(1.0), Value(1.0)], [Value(1.0), Value(1.0)]]
hidden_b = [Value(0.0), Value(-1.0)]
output_w, output_b = [[Value(1.0), Value(-2.0)]], [Value(0.0)]

for inputs in ([0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]):
    hidden = layer(hidden_w, hidden_b, inputs)
    (y,) = layer(output_w, output_b, hidden)
    print(inputs, "→ hidden", [h.data for h in hidden], "→ output", y.data)

# %% [markdown]
# ## 4. Backwards through the hidden layer, by hand
#
# An output $o = \sum_i w_i \cdot \mathrm{relu}(z_i)$ has the gradient $\delta = \partial L/\partial o$. How is the blame shared
# among the hidden neurons? By the chain rule,
#
# $$\delta_i = \delta \cdot w_i \cdot \mathrm{relu}'(z_i)$$
#
# with $\mathrm{relu}'(0) = 0$. All numbers are plain here.


# %% nbgrader={"grade": false, "grade_id": "hidden_deltas", "locked": false, "schema_version": 3, "solution": true, "task": false}
def hidden_deltas(delta, w, z):
    """Return ∂L/∂z for each hidden pre-activation."""
    ### BEGIN SOLUTION
    return [delta * weight * (1.0 if number > 0 else 0.0) for weight, number in zip(w, z)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-hidden_deltas", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.hidden_deltas(hidden_deltas)
### BEGIN HIDDEN TESTS
check.hidden_deltas(hidden_deltas, at=[(1.0, [0.5, 0.5], [1e-6, -1e-6]), (0.0, [1.0], [1.0])])
### END HIDDEN TESTS

# %%
z = [Value(1.5), Value(-0.5), Value(0.25)]
w = [3.0, 2.0, 1.0]
output = w[0] * relu(z[0]) + w[1] * relu(z[1]) + w[2] * relu(z[2])
loss = 0.25 * output**2
loss.backward()
print("by the engine:", [number.grad for number in z])
print("by hand:      ", hidden_deltas(output.grad, w, [number.data for number in z]))

# %% [markdown]
# ## Explain
#
# A relu neuron whose pre-activation is negative for **every** example is called dead. Why does it never come back to life
# by gradient descent? One or two sentences.

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-neurons", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# For every example relu' is 0 there, so its δ is 0, and with it the gradients of its weights and its bias. Gradient descent
# moves by the gradient, so nothing in this neuron moves again, unless the layer below changes what it sees.
