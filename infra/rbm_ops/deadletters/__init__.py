"""`rbm deadletters`: what failed too often, seen, published again, or let go of. Nothing is lost between."""
