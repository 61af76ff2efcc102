"""Train a small network on points in the plane, and show what each of its neurons computes meanwhile.

`points` draws the examples, `training` takes the steps and keeps the weights, `film` draws a GIF or a PNG, and `page`
writes a page on which other choices train in the browser (`network.js`, `picture.js`, `page.js`).
"""
