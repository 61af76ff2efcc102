"""The playground: a small network on points in the plane, and what each of its neurons sees while it trains.

`points` are the examples, `training` takes the steps and keeps the maps of all neurons, `film` draws them as a GIF or
a PNG, `page` as a page on which other choices train in the browser (`network.js`, `picture.js`, `page.js`).
"""

from autograd_tiny.playground.command import DESCRIPTION, SUMMARY, add_arguments, run

__all__ = ["DESCRIPTION", "SUMMARY", "add_arguments", "run"]
