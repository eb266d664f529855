"""Does a system work? A handshake and one synthetic event, through the real webhook to a document."""
