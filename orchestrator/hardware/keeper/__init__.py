"""The keeper: a small process that owns what can overflow or overheat, and turns it off in time
(SEMANTICS rule 4)."""
