"""One module for each resource of `/api`."""
