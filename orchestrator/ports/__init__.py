"""What the shell provides to the services, in the words of the field."""
