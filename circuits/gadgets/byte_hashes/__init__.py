"""Hashes over bytes: of a circuit's UInt[8] values, or of Python's bytes and integers.

messages         what hashes over bytes take
words            words of bits: in sums, and in bytes
sha2             sha256 and sha512, and sha256_compress, one block of SHA-256
sha2_rows        their blocks in rows of a circuit
sha256_plain     a block of SHA-256 on integers
keccak           keccak256, which is Ethereum's, and sha3_256
keccak_rows      their permutation in rows of a circuit
keccak_plain     that permutation on integers, and keccak256
blake2s          blake2s, with a key or a personalisation
blake2s_rows     its blocks in rows of a circuit
ripemd160        ripemd160
ripemd160_rows   its blocks in rows of a circuit
ripemd160_plain  the hash on integers, and its tables
"""
