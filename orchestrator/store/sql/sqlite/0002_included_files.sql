-- A profile is its text and what it includes: {path from its folder: text}.

ALTER TABLE revisions ADD COLUMN files TEXT NOT NULL DEFAULT '{}';
