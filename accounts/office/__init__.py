"""When offices work: days off, the working week and office hours of the country, kept by administrators with history."""
