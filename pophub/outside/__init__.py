"""The only places, beside the lab, that talk to the world: HTTP, AWS and GitHub. They do no arithmetic."""
