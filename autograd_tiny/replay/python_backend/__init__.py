"""The back-end "python": a tape as straight-line Python of floats, bit for bit as eager code.

`forward_lines` writes the values, `python_source` adds the gradients, and `backend` runs the function. Repetitions
that are as fast in loops become loops: `line_repeats` finds them, `loop_lines` writes them.
"""
