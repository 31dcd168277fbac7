-- What kind of answer a question wants, and what stands for one that nobody gives.

ALTER TABLE questions ADD COLUMN answer_type TEXT;
ALTER TABLE questions ADD COLUMN default_answer TEXT;
