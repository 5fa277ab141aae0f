"""What goes over the wire to the lab AWS: requests read and checked by botocore's models, refusals in AWS's own form."""
