"""Small programs that the Makefile uses; nothing of Axenic imports them."""
