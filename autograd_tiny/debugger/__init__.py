r"""Step through the backward pass of a graph at a prompt.

>>> import io, sys
>>> from autograd_tiny import Value
>>> a = Value(3.0, label="a")
>>> debug(a * a, stdin=io.StringIO("b a if grad > 4\nc\n"), stdout=sys.stdout)
L = a * a = 9: 2 nodes, 3 steps in the backward pass. s makes one, h helps.
   node       value  partial  contribution  gradient
▶  L = a * a      9                                —
   ├─ a           3        3                       —
   └─ a           3        3                       —
(backward) b a if grad > 4
breakpoint 1: a if grad > 4
(backward) c
… 3 steps of 1 node done
Breakpoint 1: a if grad > 4
L = a * a = 9     L.grad = 1
[3/3]  a.grad          3 → 6          += L.grad·a = 1·3 = 3
  hint: a is used 2 times, so 2 contributions arrive. They add up, because the
        gradient counts every path from a to L.
The backward pass is over: a.grad = 6.
(backward)

`prompt` has `debug`, and `command_table` all commands with their help; `completion` is for the Tab key. The commands
are functions of one `session`, in `step_commands`, `breakpoint_commands`, `tangent_commands`, `inspect_commands`,
`profile_commands`, `edit_commands` and `quiz`; they answer through `output`.
`pass_cursor` moves through the passes of a trace; `step_text` and `graph_tree` write them; `calculator` computes
expressions over nodes, from `event_numbers` where it is for many events; `terminal` reads and writes.

`debug_training` steps through a `training` with these commands, and those of `train_commands`: `training_moves` moves
it by updates, `training_runs` to breakpoints in other passes; `update_text` writes updates, and `training_page` puts
them on a page.
"""

from autograd_tiny.debugger.prompt import debug, debug_training

__all__ = ["debug", "debug_training"]
