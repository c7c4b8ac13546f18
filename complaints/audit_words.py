"""How the log's events of cases read in Persian."""
