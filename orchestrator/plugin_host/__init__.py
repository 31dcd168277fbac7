"""Runs what plugins bring, each in a process of its own: jobs, laws, drivers, notifiers, routes,
self-tests and the fits of calibrations."""
