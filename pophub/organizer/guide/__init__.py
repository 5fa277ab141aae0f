"""The guide for participants, made from the event file."""
