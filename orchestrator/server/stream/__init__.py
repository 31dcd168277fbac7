"""Server-sent events: what happened, without loss, and what is measured, as it comes."""
