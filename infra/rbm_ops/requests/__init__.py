"""One send request out, one document back: `rbm send` and `rbm show`."""
