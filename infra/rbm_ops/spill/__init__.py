"""What webhook kept while Pub/Sub was away: how much of it waits, and publishing it at once."""
