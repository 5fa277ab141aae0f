"""What runs everywhere, with Python's standard library alone: errors, names, calendar, money."""
