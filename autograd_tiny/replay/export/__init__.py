"""Programs as standalone source files in Python, NumPy, C, PyTorch and JAX; `Program.export` writes them.

- `standalone`: what every file needs, made from the plan; `arrays`, `operands`, `loops`, `names` are its parts.
- one module for each language.
"""
