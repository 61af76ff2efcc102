"""One neuron, differentiated: every node with its value, its gradient, and the product that made it.

Run it: `python demos/neuron.py`. The numbers are those of Andrej Karpathy's lecture on micrograd: the bias is chosen
so that the gradients of x1, w1, x2 and w2 come out as -1.5, 1, 0.5 and 0.
"""

from autograd_tiny import Value, name_values, tanh, topological_order


def build() -> Value:
    """Return the output of a neuron with two inputs."""
    x1, x2 = Value(2.0), Value(0.0)
    w1, w2 = Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    pre_activation = x1 * w1 + x2 * w2 + b
    output: Value = tanh(pre_activation)
    name_values(locals())
    return output


def name(node: Value) -> str:
    """Return the label of a node, or else the operation that made it."""
    return node.label or (f"({node.primitive.name})" if node.primitive else "(leaf)")


def main() -> None:
    """Print the graph from the output back to the leaves."""
    output = build()
    output.backward()
    for node in reversed(topological_order(output)):
        origin = f"from {', '.join(map(name, node.inputs))}" if node.inputs else "a leaf"
        print(f"{name(node):>14} = {node.data:8.4f}   gradient {node.grad:8.4f}   {origin}")


if __name__ == "__main__":
    main()
