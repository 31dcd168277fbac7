"""The leader's durable memory: SQLite or PostgreSQL, and a twin in memory."""
