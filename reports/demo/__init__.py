"""Demo data (decision 31): invented agencies and people, seeded figures that are the same each time."""
