"""Merkle trees of any arity and any hash: roots in circuits, openings of many leaves, appending.

arity      merkle_root_at by the index, merkle_root_of_children without one
places     where a digest lies among its siblings, from an index
openings   merkle_root_of_many and MerkleBatch: leaves of one tree, its upper levels hashed once
appending  merkle_append and merkle_update: the roots before and after
levels     the digests of a tree in arrays, hashed level by level
"""
