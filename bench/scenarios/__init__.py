"""The scenarios, one module each; `run(arena)` gives its rows of the table."""
