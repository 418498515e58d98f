"""Identities of an exchange: owners, delegates and attributes.

identity    an identity, read from the chain, with its history
documents   DID documents, as resolvers of did:ethr make them
changes     what an owner changes
"""
