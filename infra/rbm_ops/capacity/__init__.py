"""Capacity on paper: instances, the limit that binds first, and cost, from measured CPU per request."""
