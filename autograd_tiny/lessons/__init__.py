"""What the five lessons are made with; the lessons themselves are the programs in `demos/`.

`programs` finds and loads them. They share arrays of Values (`arrays`), how numbers are shown (`screen`), and how
pictures are drawn (`pictures`, `network_diagram`). The other modules belong to one lesson each: its data, and what it
prints and draws.
"""
