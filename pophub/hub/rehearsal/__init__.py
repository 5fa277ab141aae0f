"""A rehearsal on the hub: pretended people sign in, start servers together, work, leave, and are removed with their homes."""
