"""Writes docs/checks/: a page for each problem that `axenic check` can find."""
