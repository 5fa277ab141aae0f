"""The costs at /services/costs/ of the hub: the report's page for organizers, and for everybody else their own hours."""
