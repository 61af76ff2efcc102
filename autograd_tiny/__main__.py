"""The command as a module: `python -m autograd_tiny`."""

import sys

from autograd_tiny.cli import main

if __name__ == "__main__":
    sys.exit(main())
