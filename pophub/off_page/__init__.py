"""The page at the event's address while the hub is off, and the start of the hub from there: a Lambda function."""
