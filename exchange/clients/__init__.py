"""The clients of an exchange: what a party does, and what it looks up.

view              an exchange as its chain tells it
session           a home at work on an exchange
facts             structs, read again from the index
holdings          the rows and keys of an owner's segments
circuits          checked circuits with their keys, found by id; proposals
decisions         what several accounts decide, as files that they sign, and who must sign
repeats           changes that can be made again, each time once
identities        owners, delegates and attributes: read, shown as DID documents, and changed
evidence          the entries about an asset, recomputed
ledger            what is added to them
settlement        points
grants            rights to one computation: asked for, approved, revoked, closed, listed
jobs              questions under a grant: opened, expired
uses              what grants and jobs have in common, and the answers, opened
"""
