"""The end of an event: everyone has their work, and nothing is left that costs money."""
