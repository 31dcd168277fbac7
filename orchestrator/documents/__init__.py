"""YAML becomes a checked profile, or diagnostics at their places."""
