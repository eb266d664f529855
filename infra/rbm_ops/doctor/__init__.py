"""Is a system as it must be? What is observed of it, local, deployed or planned, is held against tables."""
