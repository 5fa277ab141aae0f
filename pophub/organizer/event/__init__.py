"""The event file: its model, its reader, and the problems of a file."""
