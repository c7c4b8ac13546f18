"""Performance that comes as a file."""
