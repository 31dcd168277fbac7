"""The `axenic` command: chooses implementations, wires them, and talks to a person."""
