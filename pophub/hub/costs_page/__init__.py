"""The hub's page /services/costs/: the whole report for organizers, and their own hours for everybody else."""
