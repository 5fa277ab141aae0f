"""An AWS, a GitHub and a hub on this computer, speaking the real protocols. Nothing but the lab knows it is one."""
