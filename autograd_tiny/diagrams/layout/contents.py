"""What a group holds, and the whole: members, and the nets between them.

>>> contents = Contents()
>>> contents.connect(0, ("node", 0), ("group", 3, -1))
>>> contents.members, contents.sources, contents.ends
({('node', 0): 0, ('group', 3): 1}, {0: ('node', 0)}, {0: {('group', 3, -1): 0}})
"""

from __future__ import annotations

from autograd_tiny.diagrams.layout.nets import Placed

Member = tuple[str, int]
"""What a scope holds: ("node", its number), ("group", its number), ("in" or "out", the tail of the net)."""
End = tuple[str, int, int]
"""Where a net ends in a scope: a member, and for a node the edge, else -1."""


class Contents:
    """What a group holds, and the whole: members, and nets by the node that they come from."""

    def __init__(self) -> None:
        self.members: dict[Member, int] = {}
        self.nets: dict[int, int] = {}
        self.sources: dict[int, Member] = {}
        self.ends: dict[int, dict[End, int]] = {}
        self.placed = Placed()

    def number(self, member: Member) -> int:
        """Return the number of a member, a new one if it is new."""
        return self.members.setdefault(member, len(self.members))

    def connect(self, tail: int, source: Member, end: End) -> None:
        """Let the net of a node end here too."""
        self.nets.setdefault(tail, len(self.nets))
        self.sources[tail] = source
        for member in (source, end[:2]):
            self.number(member)
        ends = self.ends.setdefault(tail, {})
        ends.setdefault(end, len(ends))
