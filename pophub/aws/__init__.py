"""AWS through boto3, for the hub and for the organizer's computer."""
