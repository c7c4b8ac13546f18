"""Messages that follow the moves of a case. They carry its number, never its subject, text or names."""
