"""The login providers, one a file of its name in the event file: the authenticator, and its settings in `configure`."""
