"""How much hypothesis tries here: enough to find what is wrong, little enough for every commit."""

from hypothesis import settings

settings.register_profile("domain", parent=settings.get_profile("default"), max_examples=40, deadline=None)
settings.load_profile("domain")
