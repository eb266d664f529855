"""`rbm demo`: a message of every kind to a number of every fate, and what must become of each."""
