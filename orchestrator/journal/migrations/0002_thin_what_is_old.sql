-- Gaps are told when readings are thinned; those that were still counted are told now.
INSERT INTO outbox (record)
SELECT cast(json_array('g', run, from_process_s, to_process_s, readings) AS BLOB) FROM gap;

DROP TABLE gap;
