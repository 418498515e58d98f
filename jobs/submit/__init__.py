"""Proven rows of a batch on a chain: in groups, each in one transaction, and each once.

contract   the batch verifier that a deployment's record names
keeper     a group's transaction, in the batch's journal before a node sees it
sender     one group after the other
"""
