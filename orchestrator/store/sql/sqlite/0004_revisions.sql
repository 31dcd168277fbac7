-- Who changed a running experiment, when, with which inputs, and what was agreed to.

ALTER TABLE revisions ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE revisions ADD COLUMN at_wall_s REAL;
ALTER TABLE revisions ADD COLUMN inputs TEXT NOT NULL DEFAULT '{}';
ALTER TABLE revisions ADD COLUMN accept_jumps INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revisions ADD COLUMN move_to TEXT NOT NULL DEFAULT '';
