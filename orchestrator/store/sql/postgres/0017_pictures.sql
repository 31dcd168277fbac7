-- Pictures, as ledgers tell of them; the files lie beside the store.

CREATE TABLE pictures (
  serial BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run TEXT NOT NULL,
  file TEXT NOT NULL,
  experiment TEXT NOT NULL,
  attempt TEXT NOT NULL,
  vessel TEXT NOT NULL,
  key TEXT,
  camera TEXT NOT NULL,
  label TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  process_s DOUBLE PRECISION NOT NULL,
  at_wall_s DOUBLE PRECISION NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting',
  UNIQUE (run, file)
);

CREATE INDEX pictures_by_experiment ON pictures (experiment, serial);
CREATE INDEX pictures_to_fetch ON pictures (run, serial) WHERE state = 'waiting';
