"""The demo: an event from its file to people at work and its end, all on this computer."""
