"""A machine on this computer that behaves like EC2's: its disk, its network, its metadata, and the world around it."""
