"""Calibrations as mathematics: curves through measured points, and the sessions that measure
them."""
