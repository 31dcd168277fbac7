"""Axenic: experiments as code for bioreactors."""

__version__ = "0.1.0"
