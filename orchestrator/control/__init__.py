"""Feedback laws and filters: pure functions of what they remember and what they see, on floats."""
