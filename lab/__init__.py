"""An AWS, a GitHub and a hub on this computer with the real protocols. Shipped code does not know that it is in a lab."""
