"""pophub: a pop-up JupyterHub on AWS for one event. Everything that is not Terraform; it imports no cdktf.

The words of this code, one a thing: *event* the workshop; *hub* the machine with JupyterHub; *server* one
participant's Jupyter; *organizer* edits the event file, deploys, reads the report; *participant* uses the hub;
*session* a stretch of time in which people work; *idle* nobody working; *stop* machine off, disk kept; *destroy*
everything gone, work archived; *bucket* the one bucket per AWS account that outlives events; *budget* what the
organizer agreed to spend; *metered* what we count ourselves now; *billed* what AWS says, a day late.
"""
