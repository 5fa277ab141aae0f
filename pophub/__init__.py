"""pophub: a pop-up JupyterHub on AWS for one event. Everything that is not Terraform; it imports no cdktf.

The words of this code, one a thing, are those of docs/index.md.
"""
