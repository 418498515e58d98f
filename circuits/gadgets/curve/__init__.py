"""Baby Jubjub in circuits: points, their sums, and multiples.

    edwards   sums and doubles of pairs of coordinates, complete
    point     the type Point
"""
