"""Lesson 3, the exam: hours of study and of sleep, passed or not; a boundary that moves while the network learns.

Run it: `python demos/exam.py`, or, installed, `autograd-tiny lesson exam`. It is one program for both; read it in
`autograd_tiny/cli/lessons/exam.py`, from the docstring to `teach`, which runs it in order.

Every gradient of a network 2-3-1 by hand (`by_hand`) and by the engine (`by_engine`), for mean squared error and
for binary cross-entropy; descent with several steps (`descend`) until the gradients are near zero; the boundary as
a GIF.
"""

import sys

from autograd_tiny.cli import main

if __name__ == "__main__":
    sys.exit(main(["lesson", "exam", *sys.argv[1:]]))
