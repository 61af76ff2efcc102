"""Lesson 1, iris: three species, three output neurons, and an error that flows back layer by layer.

Run it: `python demos/iris.py`, or, installed, `autograd-tiny lesson iris`. It is one program for both; read it in
`autograd_tiny/cli/lessons/iris.py`, from the docstring to `teach`, which runs it in order.

One flower goes forward to the mean squared error and back, each gradient by hand beside the engine's (`by_hand`,
`by_engine`). Then descent over epochs until the loss of flowers never seen is low (`learn`), with mean squared
error and with cross-entropy; losses, confusion matrix, and the way of one output towards (1, 0, 0).
"""

import sys

from autograd_tiny.cli import main

if __name__ == "__main__":
    sys.exit(main(["lesson", "iris", *sys.argv[1:]]))
