"""The archive that the hub makes of everybody's home, and what it notes of the event."""
