"""What people run: the `rbm` command, the local cloud, the emulators, the RBM simulator, the demo."""
