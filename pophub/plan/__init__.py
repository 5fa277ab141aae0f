"""What follows from an event: its calendar, its machine, its prices. Pure: no clock, no cloud."""
