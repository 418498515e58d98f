"""Hashes over the field beside Poseidon itself: of any number of values, and those of other tools.

poseidon_sponge     any number of values, their number bound
many                poseidon_many, on arrays: a kernel, not a gadget of circuits
poseidon2           gnark-crypto's compression of two elements, and the permutations
mimc                circomlib's MiMC7 and MiMCSponge
keccak_constants    constants that gnark-crypto and circomlib take from a chain of Keccak-256
"""
