"""An experiment as one file that explains itself: a zip archive that is an RO-Crate."""
