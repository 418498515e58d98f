"""Multi-scalar multiplication, multiples of one point, and small relations between points."""
