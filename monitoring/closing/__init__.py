"""What keeps a cut-off from closing, who is left out of it on record, and the reminders to whoever is late."""
