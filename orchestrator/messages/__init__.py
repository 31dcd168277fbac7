"""What crosses the wire between leader and workers, and on which topics (schemas/messages/)."""
