"""The guide that participants read, made from the event file."""
