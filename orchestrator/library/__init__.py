"""A laboratory's profiles: in git, or in a plain folder."""
