"""One backward pass as a list of events, to step through forwards and backwards: `loss.trace()`.

>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> t = (a * a).trace()
>>> t.finish()
>>> t.gradient("a")
6.0

`passes` computes the numbers, `events` lists them as events, `stepper` has the cursor, and `trace` puts all together.
Each question has a module: `why`, `what_if` (with `crossed_kinks`), `difference_check`, `anomalies`, `tangents` (with
`mode_comparison`), `profile` (of `profile_groups`, as a `profile_chart`), `paths` (the `best_paths` by `path_sizes`).
`facts` (with `local_shape`) finds what deserves a remark, `fact_texts` phrases them; `program_lines` has the lines of
the program; `formats` writes a trace as JSON and for a notebook.
"""

from autograd_tiny.errors import AnomalyError
from autograd_tiny.trace.anomalies import Anomalies, Anomaly, detect_anomaly
from autograd_tiny.trace.difference_check import Check
from autograd_tiny.trace.errors import (
    ChangedNumbersError,
    InnerNodeError,
    ProfileError,
    UnknownLineError,
    UnknownNodeError,
)
from autograd_tiny.trace.events import Event, Events
from autograd_tiny.trace.paths import Path, Paths
from autograd_tiny.trace.profile import Profile, ProfileRow
from autograd_tiny.trace.trace import Trace
from autograd_tiny.trace.what_if import Change, Changes, Crossing

__all__ = [
    "Anomalies",
    "Anomaly",
    "AnomalyError",
    "Change",
    "ChangedNumbersError",
    "Changes",
    "Check",
    "Crossing",
    "Event",
    "Events",
    "InnerNodeError",
    "Path",
    "Paths",
    "Profile",
    "ProfileError",
    "ProfileRow",
    "Trace",
    "UnknownLineError",
    "UnknownNodeError",
    "detect_anomaly",
]
