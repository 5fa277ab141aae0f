"""A rehearsal on the hub: pretended people sign in, start servers at once, work and leave; then everything is removed."""
