"""Real devices behind the reactor's port, and the keeper that turns their outputs off in time."""
