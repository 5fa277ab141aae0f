"""From an event file to a hub that people can sign in to: stacks (by Terraform), bundle, secrets, and waiting."""
