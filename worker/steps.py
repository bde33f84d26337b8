"""A task's timeline: each step is a field of its row, so that conflating changes loses none.

The script `append.lua` writes them: step `n` into the field `step<n>` for the first 20, and the later ones in turn into
40 more. It keeps the ids of the first 100 tasks that a task has sent as well.
"""

FIRST, LAST = 20, 40
"""How many steps are kept: the first ones, and of those after them the last ones."""

STEPS = tuple(f"step{slot}" for slot in range(FIRST + LAST))
"""The fields of a row that have its steps; most rows have few of them."""

MOST_CHILDREN = 100
CHILDREN = tuple(f"child{place}" for place in range(MOST_CHILDREN))
"""Where a row in Redis has the ids of the tasks that it has sent; no part of what watchers are told."""
