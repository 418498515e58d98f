"""Baby Jubjub in circuits: points, their sums and multiples, signatures and commitments.

edwards      sums and doubles of pairs of coordinates, complete
montgomery   sums in fewer rows, of points that differ
windows      a constant point times three bits
multiples    a point times the number that bits stand for
point        the type Point
eddsa        Signature, eddsa_verify
pedersen     pedersen_commit
"""
