-- Where in the library of profiles a revision stands; git_commit says at which commit.

ALTER TABLE revisions ADD COLUMN library_path TEXT NOT NULL DEFAULT '';
