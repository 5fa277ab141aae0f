"""The people of an event: its roster, who can sign in, who came, and what is written to them."""
