"""What runs on plain integers: hints, and the plain run of a circuit."""
