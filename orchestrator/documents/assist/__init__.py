"""What an author is told at a place of a document, finished or half typed: pure functions."""
