"""A machine on this computer that behaves like one of EC2: its disk, its network, its metadata, and its surroundings."""
