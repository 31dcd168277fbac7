-- With what each attempt began: versions of software and plugins, calibrations in force.

CREATE TABLE provenance (
  attempt TEXT COLLATE "C" PRIMARY KEY,
  experiment TEXT NOT NULL,
  data TEXT NOT NULL
);

CREATE INDEX provenance_by_experiment ON provenance (experiment);
