"""Terraform, driven by its own `-json` messages: the app that deploys and destroys, its progress, plans and logs."""
