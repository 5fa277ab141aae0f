"""A worker's own side: what it reports to the hub, and how it ends itself without one."""
