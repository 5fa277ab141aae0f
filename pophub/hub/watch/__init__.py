"""Cost-watch: collect facts, decide, act. `decide` is pure; the package needs only Python's standard library."""
