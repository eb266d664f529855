"""The only code that talks to Google. Knows the domain, not the use cases."""
