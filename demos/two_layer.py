"""Lesson 2, two layers: every symbol of forward pass, backward pass and update, by hand and by the engine.

Run it: `python demos/two_layer.py`, or, installed, `autograd-tiny lesson two-layer`. It is one program for both;
read it in `autograd_tiny/cli/lessons/two_layer.py`, from the docstring to `teach`, which runs it in order.

The formulas of the backward pass stand in the module's docstring and once more in NumPy (`by_hand`); the same
forward pass on Values gives the engine's (`by_engine`). One table shows both for sigmoid, tanh and relu.
"""

import sys

from autograd_tiny.cli import main

if __name__ == "__main__":
    sys.exit(main(["lesson", "two-layer", *sys.argv[1:]]))
