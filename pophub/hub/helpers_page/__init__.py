"""The helpers' page /services/helpers/: who has a server, who needs help, and the actions that helpers have."""
