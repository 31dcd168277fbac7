"""Pages, `/api` and server-sent events, served from the store and the leader's office."""
