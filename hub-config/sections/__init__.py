"""What jupyterhub_config.py sets, a file for each question. A section only sets, it never appends."""
