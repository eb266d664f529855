"""`rbm quarantine`: what nobody understood, seen, and published again once somebody does."""
