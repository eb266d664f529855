"""Pub/Sub and Firestore on this machine: our own servers (embedded) and the launcher for Google's."""
