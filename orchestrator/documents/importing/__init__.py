"""Documents of other programs become ours."""
