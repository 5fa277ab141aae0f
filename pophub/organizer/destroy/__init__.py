"""The end of an event: the participants get their files, and nothing that costs money is left."""
