"""Runs what plugins bring, each in a process of its own: jobs, laws, drivers, notifiers, routes and
self-tests."""
