"""What an event has left in an AWS account: found by tag and by name, with its price, and removed."""
