"""What a field is, and the machines that compute in it: one value at a time, or eight in lanes."""
