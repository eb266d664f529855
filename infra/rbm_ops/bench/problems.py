"""What a person can mend, apart from what takes time to load."""


class NotKept(Exception):
    """The file holds no results; the text says why."""


class PlottingMissing(Exception):
    """matplotlib is not installed; the text says how to get it."""
