"""From a checked profile to a plan, its timetable and words for it."""
