"""The pure core: what is due, what is wanted, when to look again.

The shell around it (`worker`) does three things in a circle: it asks `decide`, makes the entries of
the answer durable in their order, and carries out what the answer asks for.

- A new run: `entries = begin(program, moment)`, then `view = RunView.fold(program, entries)`.
- After a restart: the same fold of the ledger, then once `recover(program, view, moment)`.
- At each turn: `decide(program, view, signals, moment)`.
- In between, what happened reaches the view through `steer`: `control`, `answer`, `override`,
  `release`, `finished`, `pause`, `resume`, `latch`; each answers the entries to make durable,
  already applied.

Nothing here looks at a clock; everything that a restart must know is an entry.
"""
