-- What people said of bottles and vessels: few among many events, and asked with every page.

CREATE INDEX events_of_accounts ON events (experiment, event_id) WHERE kind = 'account';
