"""Code that runs on the hub; the whole folder is part of the bundle."""
