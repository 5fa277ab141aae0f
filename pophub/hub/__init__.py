"""What runs on the hub, shipped to it as a whole folder."""
