"""A system's rows as equations, bits and products; where each wire stands, and its bounds."""
