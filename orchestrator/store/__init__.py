"""The leader's durable memory: SQLite, and a twin in memory."""
