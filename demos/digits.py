"""Lesson 4, digits: what one image wants to change, what a batch agrees upon, and the descent on its surface.

Run it: `python demos/digits.py`, or, installed, `autograd-tiny lesson digits`. It is one program for both; read it
in `autograd_tiny/cli/lessons/digits.py`, from the docstring to `teach`, which runs it in order.

The wishes of one image are its negated gradient (`wishes_of`); their average over a batch is the step (`train`).
The graph is recorded once and replayed on batches, and the lesson says how much faster that is. `--mnist FOLDER`
takes MNIST.
"""

import sys

from autograd_tiny.cli import main

if __name__ == "__main__":
    sys.exit(main(["lesson", "digits", *sys.argv[1:]]))
