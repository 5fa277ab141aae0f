"""One plan of an event: its machine, its schedule, its places, its prices and its cost. Pure: no clock, no cloud."""
