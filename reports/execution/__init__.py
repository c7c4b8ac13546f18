"""A year of a real programme budget: law and cumulative reports in, approved cut-offs and published R1 out."""
