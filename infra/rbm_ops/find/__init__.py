"""`rbm find`: which messages there are to a number, of a reference, with a label or in a state."""
