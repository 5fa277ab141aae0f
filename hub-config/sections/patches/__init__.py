"""Changes of JupyterHub's private code in the hub's process; hub-config/patches.csv has what they change, and where that is."""
