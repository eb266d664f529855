"""What each function does, in terms of ports. Knows the domain; never Google, HTTP or the environment."""
