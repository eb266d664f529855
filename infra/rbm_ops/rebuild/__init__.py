"""Documents folded again from what they are made of, and compared: `rbm rebuild`."""
