# %% [markdown]
# # Lab 8: Build your own autograd
#
# In the end you need nobody's engine. In three steps you write a class `Value` of your own: arithmetic that records, a
# backward pass, and a few functions. Then it trains a network. **Predict, run, explain.**

# %%
# ModuleNotFoundError? Run %pip install autograd_tiny in a cell above this one.
import math
import random

from autograd_tiny.labs import lab8 as check

# %% [markdown]
# ## 1. Predict
#
# In $a \cdot b + a \cdot a$, how many contributions does the gradient of $a$ get in the backward pass?


# %% nbgrader={"grade": false, "grade_id": "predict_uses", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_uses():
    """How many contributions does a get?"""
    ### BEGIN SOLUTION
    return 3
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-predict_uses", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.predict_uses(predict_uses)

# %% [markdown]
# ## 2. Arithmetic that records
#
# A `Value` holds `data`, `grad`, and how it was made: its `inputs`, a tuple of Values, and its `partials`, a tuple with
# one number for each input. Write `+` and `*`. The other operand may be a plain number: make it a `Value` first.
#
# What are the two partials of $z = x + y$? And those of $z = x \cdot y$?


# %% nbgrader={"grade": false, "grade_id": "Value", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, inputs=(), partials=()):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.partials = partials

    def __add__(self, other):
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))
        ### END SOLUTION

    def __mul__(self, other):
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))
        ### END SOLUTION

    # what follows is made of these two

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -1.0 * other

    def __repr__(self):
        return f"Value({self.data:.4g}, grad={self.grad:.4g})"


# %% nbgrader={"grade": true, "grade_id": "check-arithmetic", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.arithmetic(Value)
### BEGIN HIDDEN TESTS
check.arithmetic(
    Value, at=[("a + a", lambda a: a + a, {"a": 1.0}), ("b*a", lambda a, b: b * a, {"a": 0.5, "b": 7.0})]
)
### END HIDDEN TESTS

# %%
a, b = Value(2.0), Value(-3.0)
z = a * b
print(z, "was made of", z.inputs, "with the partials", z.partials)

# %% [markdown]
# ## 3. The backward pass
#
# As in lab 3: list the nodes with inputs before consumers, give the root the gradient 1, and go through the list from the
# end. Each node adds to the `grad` of each input its partial times its own `grad`.


# %% nbgrader={"grade": false, "grade_id": "backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def backward(self):
    """Add ∂self/∂node to the gradient of every node."""
    ### BEGIN SOLUTION
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for x in node.inputs:
                visit(x)
            order.append(node)

    visit(self)
    self.grad = 1.0
    for node in reversed(order):
        for x, partial in zip(node.inputs, node.partials):
            x.grad += partial * node.grad
    ### END SOLUTION


Value.backward = backward

# %% nbgrader={"grade": true, "grade_id": "check-backward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.backward(Value)
### BEGIN HIDDEN TESTS
check.backward(Value, at=[("(a + b)*(a*b) + a", lambda a, b: (a + b) * (a * b) + a, {"a": 1.5, "b": 2.0})])
### END HIDDEN TESTS

# %% [markdown]
# ## 4. Functions
#
# Three more, each a node with one input. For $y = \tanh x$ the slope is $1 - y^2$. For relu it is 1 where $x > 0$ and 0
# elsewhere. For $x^n$ with a plain number $n$ it is the power rule.


# %% nbgrader={"grade": false, "grade_id": "functions", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tanh(self):
    """Return tanh(x)."""
    ### BEGIN SOLUTION
    y = math.tanh(self.data)
    return Value(y, (self,), (1 - y**2,))
    ### END SOLUTION


def relu(self):
    """Return x where it is positive, and 0 elsewhere."""
    ### BEGIN SOLUTION
    return Value(max(self.data, 0.0), (self,), (1.0 if self.data > 0 else 0.0,))
    ### END SOLUTION


def power(self, n):
    """Return x to the power of n, a plain number."""
    ### BEGIN SOLUTION
    return Value(self.data**n, (self,), (n * self.data ** (n - 1),))
    ### END SOLUTION


Value.tanh, Value.relu, Value.__pow__ = tanh, relu, power

# %% nbgrader={"grade": true, "grade_id": "check-functions", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.functions(Value)
### BEGIN HIDDEN TESTS
check.functions(Value, at=[("a**2", lambda a: a**2, {"a": -3.0}), ("a**0.5", lambda a: a**0.5, {"a": 2.0})])
### END HIDDEN TESTS

# %% [markdown]
# ## 5. Your engine learns
#
# A network of 2 inputs, 4 hidden neurons and one output learns *exclusive or*, on nothing but your class. **Predict** the
# loss after 300 steps.

# %%
draw = random.Random(1)
hidden = [[Value(draw.uniform(-1, 1)) for _ in range(3)] for _ in range(4)]
output = [Value(draw.uniform(-1, 1)) for _ in range(5)]
parameters = [p for neuron in [*hidden, output] for p in neuron]


def network(x1, x2):
    h = [(w1 * x1 + w2 * x2 + b).tanh() for w1, w2, b in hidden]
    return sum((w * x for w, x in zip(output, h)), output[4])


for step in range(301):
    loss = Value(0.0)
    for x1, x2, target in ((0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)):
        loss = loss + (network(x1, x2) - target) ** 2
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    for p in parameters:
        p.data -= 0.05 * p.grad
    if step % 50 == 0:
        print(f"step {step:3}   loss {loss.data:.4f}")

# %% [markdown]
# ## Explain
#
# Your class and the engine of this course give the same gradients. Name one thing that your class does not do yet and that you
# would want for larger graphs. (Think of a chain of a million additions, or of calling `backward()` twice.)

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-autograd", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# `visit` calls itself, so a long chain ends in a RecursionError: a list of what is left to do would mend it. Calling
# `backward()` twice hands the old gradients of the inner nodes on once more, so they should be set to 0 first.
