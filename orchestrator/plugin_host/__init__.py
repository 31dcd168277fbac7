"""Runs the jobs that plugins bring, each in a process of its own, in lock-step with the worker."""
