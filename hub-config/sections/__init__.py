"""The settings of jupyterhub_config.py, one file for each question. A section only sets values; it never appends."""
