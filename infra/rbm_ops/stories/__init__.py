"""The story of one message, for whoever tells it: the console and `rbm explain`. Pure."""
