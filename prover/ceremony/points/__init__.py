"""Points of ceremonies: read, checked, multiplied by secrets, and as the bytes that are hashed."""
