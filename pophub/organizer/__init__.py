"""The code that runs on the organizer's computer."""
