"""A pickle that lacks the newest fields of a class loads with their defaults."""

from __future__ import annotations

import pickle
from dataclasses import fields

from autograd_tiny.diagrams.diagram import DiagramNode

FIELDS = [field.name for field in fields(DiagramNode)]


def test_missing_fields_get_their_defaults() -> None:
    node = DiagramNode("a", "tanh", note="a note", short="…a")
    older = object.__new__(DiagramNode)
    older.__setstate__(node.__getstate__()[: FIELDS.index("short")])  # type: ignore[attr-defined]
    assert older == DiagramNode("a", "tanh", note="a note")


def test_pickle_of_today_keeps_all_fields() -> None:
    node = DiagramNode("a", "tanh", note="a note", short="…a")
    assert pickle.loads(pickle.dumps(node)) == node
