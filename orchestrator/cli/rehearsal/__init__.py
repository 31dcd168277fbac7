"""The files that a rehearsal leaves: readings, actions, a summary, the plan and a report."""
