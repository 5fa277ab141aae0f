"""Code that runs everywhere, with Python's standard library alone: errors, shared names, calendar, money."""
