"""Encryption in circuits, so that a proof says what a ciphertext holds.

ecdh             the point that two keys share
elgamal          a point to a public key; ciphertexts add up
seal             a key wrapped for several recipients, and a stream of field elements under it
poseidon_cipher  field elements under a key and a nonce, authenticated

All are called on circuits' values and on integers alike. Drawing nonces and whole messages for a
PrivateKey is in gadgets.baby_jubjub.
"""
