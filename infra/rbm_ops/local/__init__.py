"""The whole system on one machine: emulators, simulator and the three functions, each its own process."""
