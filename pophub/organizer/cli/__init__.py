"""The command `pophub` and what its commands share: the terminal, requests to a running hub."""
