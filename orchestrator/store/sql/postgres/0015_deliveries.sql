-- Whom each alert reached: what waits for a route, and what became of it.

CREATE TABLE deliveries (
  alert BIGINT NOT NULL,
  route TEXT NOT NULL,
  news TEXT NOT NULL,
  outcome TEXT NOT NULL,
  count BIGINT NOT NULL,
  at_wall_s DOUBLE PRECISION NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  told_wall_s DOUBLE PRECISION,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (alert, route, news)
);

CREATE INDEX deliveries_waiting ON deliveries (route, alert) WHERE outcome = 'waiting';
CREATE INDEX deliveries_told ON deliveries (route, told_wall_s);

DROP INDEX alerts_due;
CREATE INDEX alerts_unsorted ON alerts (id) WHERE delivery IN ('due', 'ended');
CREATE INDEX alerts_silenced ON alerts (id) WHERE delivery = 'silenced';

-- How long a question waits before somebody is reminded.
ALTER TABLE questions ADD COLUMN remind_s DOUBLE PRECISION;
