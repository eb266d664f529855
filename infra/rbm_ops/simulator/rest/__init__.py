"""The REST API that businesses call: what it demands of a request, and what it answers."""
