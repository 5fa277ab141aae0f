"""What runs on the organizer's computer."""
