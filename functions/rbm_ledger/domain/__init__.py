"""What is true whatever the cloud does: standard library only; no clock, environment, network or log."""
