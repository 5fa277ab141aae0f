"""Requests to the lab AWS, read and checked with botocore's models, and errors in AWS's own form."""
