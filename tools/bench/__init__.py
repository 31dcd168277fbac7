"""Measures the budgets of the design, each beside a bare baseline in the same run: `make bench`."""
