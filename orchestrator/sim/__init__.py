"""The simulated side of the house: cultures that grow, warm and overflow behind ordinary wires."""
