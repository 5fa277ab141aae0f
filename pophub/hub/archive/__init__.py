"""The archive of everybody's home, which the hub makes, and what the hub records about the event."""
