"""Telling people who are not looking."""
