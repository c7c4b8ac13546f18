"""Evidence behind the figures: when it is demanded, which of it must be opened, and who opened what."""
