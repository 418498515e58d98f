"""What a chain is made of, in the bytes that are hashed.

headers   block headers, each of which names the one before
receipts  what transactions left, under the root in a header
transactions  what they called, under another
accounts  which code lies at an address, under the root in a header
encoding  RLP, and how texts name digests
"""
