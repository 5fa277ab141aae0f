"""The hub's workers: how many there are, which of them take servers, and when each ends."""
