"""What is generated for readers: the reference pages of docs/, the JSON Schema, and the comments of our YAML files."""
