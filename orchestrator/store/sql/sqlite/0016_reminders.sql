-- How often somebody was reminded of a question, and when last.

ALTER TABLE questions ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE questions ADD COLUMN reminded_wall_s REAL;
