"""What is there on this machine, and what is missing: `axenic doctor`."""
