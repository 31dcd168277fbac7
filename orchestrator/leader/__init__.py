"""Plans are handed out, what comes back is recorded, and people are told."""
