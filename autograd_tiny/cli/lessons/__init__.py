"""The five lessons: programs to be read, and run by `autograd-tiny lesson NAME` or from `demos/`.

Each module is one lesson; its function `teach` runs it from top to bottom. What they share is how numbers are shown
(`screen`), how pictures are drawn (`pictures`, `network_diagram`), and arrays of Values (`arrays`).
"""
