"""What the organizer pays: the estimate before the event, and the report during and after it."""
