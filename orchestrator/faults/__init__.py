"""The whole system in one process on one virtual clock, broken on purpose, and what must hold."""
