"""`rbm explain`: everything that is known of one id, in the order it happened, and what is still to come."""
