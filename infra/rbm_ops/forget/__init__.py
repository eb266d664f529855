"""Everything about one phone number, found, erased and looked for again: `rbm forget`."""
