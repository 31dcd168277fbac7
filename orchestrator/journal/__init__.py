"""A worker's durable memory: in SQLite beside the vessel, in plain lists for rehearsals."""
