"""The event file: its model, its reader, and what is wrong with a file."""
