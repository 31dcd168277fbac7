"""The process beside the vessels: it keeps time, acts, guards and reports."""
