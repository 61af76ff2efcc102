"""Lesson 5, by hand: backpropagation in eleven steps with small integers, for pencil and paper.

Run it: `python demos/by_hand.py`, or, installed, `autograd-tiny lesson by-hand`. It is one program for both; read
it in `autograd_tiny/cli/lessons/by_hand.py`, from the docstring to `teach`, which runs it in order.

`--worksheet` writes a worksheet with blanks and its solution, as Markdown and as a page to print; `--seed N` gives
every student another one. The eleven steps are in `eleven_steps.py`, beside the lesson.
"""

import sys

from autograd_tiny.cli import main

if __name__ == "__main__":
    sys.exit(main(["lesson", "by-hand", *sys.argv[1:]]))
