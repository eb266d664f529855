"""The control API: everything that a person or a test may see of the simulator, and do to it."""
