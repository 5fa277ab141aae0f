"""The services beside AWS that the organizer's computer asks: GitHub, Google, DNS, registries, git hosts."""
