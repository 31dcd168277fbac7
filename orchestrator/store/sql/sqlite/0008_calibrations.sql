-- A copy of what each worker's devices were compared with.

ALTER TABLE workers ADD COLUMN calibrations TEXT;
