"""Runs what plugins bring, jobs, drivers and notifiers, each in a process of its own."""
