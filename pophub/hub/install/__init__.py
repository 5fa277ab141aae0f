"""The installation of a hub: what parses JSON, calls AWS or decides. cloud-init/ calls it, and keeps apt, systemctl and mkfs.

The machine's own python3 runs it, so it needs only Python's standard library.
"""
