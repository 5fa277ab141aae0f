"""Requests of the organizer's computer to services other than AWS: GitHub, Google, DNS, registries, git hosts."""
