"""The helpers' page /services/helpers/: who is here, who needs help, and what a helper can do about it."""
