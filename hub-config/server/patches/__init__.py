"""Changes of other packages' private code in a participant's server; hub-config/patches.csv has what they change, and where.

An image may have other versions: a patch leaves a package unchanged that does not have the names it expects.
"""
