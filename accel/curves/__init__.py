"""Points of G1 and G2: rows, checks, single points; the pairing."""
