"""What `/api` answers and takes; OpenAPI and the web interface's types are generated from it."""
