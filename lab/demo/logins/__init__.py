"""Stand-ins of the login providers for the demo, one a file of its name in the event file."""
