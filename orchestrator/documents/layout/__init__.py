"""How a document looks: laid out anew with all its comments, and never with another meaning."""
