-- How often somebody was reminded of a question, and when last.

ALTER TABLE questions ADD COLUMN reminded BIGINT NOT NULL DEFAULT 0;
ALTER TABLE questions ADD COLUMN reminded_wall_s DOUBLE PRECISION;
