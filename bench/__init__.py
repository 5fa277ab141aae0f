"""The benches, one module for each subject. They print figures, and no test waits for them."""
