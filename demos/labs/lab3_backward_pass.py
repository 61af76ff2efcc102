# %% [markdown]
# # Lab 3: The backward pass
#
# In lab 2 you did the chain rule by hand. Here you write the program that does it for **any** computation. It needs two
# things only: an order in which to visit the nodes, and one line with `+=`.

# %%
# ModuleNotFoundError? Run %pip install autograd_tiny in a cell above this one.
from autograd_tiny import Value, name_values, tanh
from autograd_tiny.labs import lab3 as check

# %% [markdown]
# A `Value` knows its `inputs`, the nodes it was computed from, and its `partials`, one number for each input. Both are
# recorded in the **forward pass**.

# %%
a, b = Value(2.0), Value(-3.0)
h = a * b
loss = h + a
name_values(locals())
for node in (h, loss):
    print(node.label, "=", node.data)
    print("    inputs:  ", [x.label for x in node.inputs])
    print("    partials:", node.partials)

# %% [markdown]
# ## 1. Predict
#
# $a = 3$ and `loss = a * a`. We call `loss.backward()` **twice**. What is `a.grad` then?


# %% nbgrader={"grade": false, "grade_id": "predict_twice", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict_twice():
    """What is a.grad after two backward passes?"""
    ### BEGIN SOLUTION
    return 12
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-predict_twice", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check.predict_twice(predict_twice)

# %%
a = Value(3.0)
loss = a * a
loss.backward()
print("after one pass:  ", a.grad)
loss.backward()
print("after two passes:", a.grad)
a.grad = 0.0
loss.backward()
print("set to 0, and again:", a.grad)

# %% [markdown]
# ## 2. In which order?
#
# A node may hand its gradient on only when it is complete, that is, when all its consumers have added their
# contributions. So we first list the nodes with **inputs before consumers**, each node once. The backward pass then goes
# through this list from the end.
#
# Write `order(root)`. One way: visit a node by first visiting its inputs, then appending the node itself; remember which
# nodes you have seen. (Nodes can be put into a `set`.)


# %% nbgrader={"grade": false, "grade_id": "order", "locked": false, "schema_version": 3, "solution": true, "task": false}
def order(root):
    """Return all nodes that root was computed from, and root: inputs before consumers, each once."""
    ### BEGIN SOLUTION
    nodes, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for x in node.inputs:
                visit(x)
            nodes.append(node)

    visit(root)
    return nodes
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-order", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.order(order)
### BEGIN HIDDEN TESTS
check.order(order, at=[("a", {"a": 1.0}), ("u = a*b; v = u + a; w = u*v; w*w - u", {"a": 1.5, "b": -2.0})])
### END HIDDEN TESTS

# %% [markdown]
# ## 3. The backward pass
#
# The root begins with the gradient 1, everything else with 0. Then, from the root down, each node hands to each of its
# inputs a **contribution**:
#
# $$\text{contribution} = \text{partial} \cdot \text{upstream}$$
#
# where the upstream is the node's own gradient. Return a dict from nodes to gradients. `zip(node.inputs, node.partials)`
# gives an input together with its partial.


# %% nbgrader={"grade": false, "grade_id": "gradients", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradients(root):
    """Return the gradient ∂root/∂node of every node, as a dict."""
    ### BEGIN SOLUTION
    grads = dict.fromkeys(order(root), 0.0)
    grads[root] = 1.0
    for node in reversed(order(root)):
        for x, partial in zip(node.inputs, node.partials):
            grads[x] += partial * grads[node]
    return grads
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-gradients", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check.gradients(gradients)
### BEGIN HIDDEN TESTS
check.gradients(gradients, at=[("u = a*b; v = u + a; w = u*v; w*w - tanh(u)", {"a": 1.5, "b": -2.0})])
### END HIDDEN TESTS

# %% [markdown]
# You have written the heart of every autograd engine. Compare it with this one, on a graph of your own. (Add
# `print(loss.explain())` to see every contribution written out.)

# %%
a, b = Value(0.5), Value(-0.25)
g = tanh(a * b + a)
loss = g * g + a / b
name_values(locals())
mine = gradients(loss)
loss.backward()
for node in (a, b, g, loss):
    print(f"{node.label:5} mine {mine[node]: .6f}   engine {node.grad: .6f}")

# %% [markdown]
# ## Explain
#
# Change `+=` to `=` in your `gradients` and run the check once more, then change it back. For which graphs is `=` good
# enough, and why does it fail for `a*a`?

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain-backward", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# It is good enough where every node is used only once, so that there is one contribution each. In a*a the node a is used
# twice: two contributions arrive, 3 and 3, and with = the second one replaces the first instead of being added to it.
