"""The watch over the hub: collect facts, decide, act. The middle is pure; this package needs nothing but Python."""
