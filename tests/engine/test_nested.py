"""Nested arguments are walked in order, and results have their shape."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from autograd_tiny.engine.nested import map_leaves, named_leaves, rebuild


def test_leaves_have_names_as_in_python() -> None:
    nested = {"w": [1.0, (2.0,)], 3: np.array([[4.0, 5.0]])}
    assert list(named_leaves(nested, "p")) == [
        ('p["w"][0]', 1.0),
        ('p["w"][1][0]', 2.0),
        ("p[3][0, 0]", 4.0),
        ("p[3][0, 1]", 5.0),
    ]
    assert list(named_leaves(7.0, "x")) == [("x", 7.0)]


def test_structure_is_rebuilt() -> None:
    nested = OrderedDict(a=[0, (0, [])], b={})
    assert rebuild(nested, [1, 2]) == {"a": [1, (2, [])], "b": {}}


def test_arrays_keep_their_shape() -> None:
    nested = np.arange(4.0).reshape(2, 2)
    assert map_leaves(lambda x, name: 2.0 * x, nested).tolist() == [[0.0, 2.0], [4.0, 6.0]]
    assert map_leaves(lambda x, name: [x], nested).dtype == object
    assert map_leaves(lambda x, name: np.array([x, x, x]), nested).shape == (2, 2, 3)
    assert map_leaves(lambda x, name: x, np.zeros((0, 3))).shape == (0, 3)
