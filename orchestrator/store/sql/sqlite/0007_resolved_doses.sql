-- What a person said of a dose of which nobody saw the end; its outcome stands.

ALTER TABLE doses ADD COLUMN resolved_ml REAL;
ALTER TABLE doses ADD COLUMN resolved_by TEXT;
ALTER TABLE doses ADD COLUMN resolved_reason TEXT;
