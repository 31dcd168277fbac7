"""Carrying messages: links over MQTT and in memory, and the brokers between them."""
