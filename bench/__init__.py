"""The benches, one subject a module. They print figures, and no test waits for them."""
