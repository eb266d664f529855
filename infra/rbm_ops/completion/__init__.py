"""`rbm completion`: what a shell completes is read off the parsers of the commands, so it can't be stale."""
