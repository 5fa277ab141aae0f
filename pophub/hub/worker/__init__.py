"""The code that runs on a worker: its report to the hub, and its own end if the hub is gone."""
