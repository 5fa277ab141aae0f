"""What follows from an event: its machine, its schedule, its places, its prices. Pure: no clock, no cloud."""
