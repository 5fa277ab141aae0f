"""The plan of an event: its machine, schedule, number of servers, prices and cost. Pure: it reads no clock and no cloud."""
