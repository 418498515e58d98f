"""The clients of an exchange: what a party does, and what it looks up.

view              an exchange as its chain tells it
session           a home at work on an exchange
facts             structs, read again from the index
holdings          the rows and keys of an owner's segments
circuits          checked circuits with their keys, found by id; proposals
decisions         what the council, approvers and confirmers sign, as files
signature_files   their signatures, as files
repeats           changes that can be made again, each time once
quorum            who must sign a decision; it is carried out once
council_calls     arguments of what the council decides, as people type them
identities        owners, delegates and attributes; did_documents makes DID documents of them
identity_changes  what an owner changes of them
evidence          the entries about an asset, recomputed
ledger            what is added to them
settlement        points
grants            rights to one computation: asked for, approved, revoked, closed, listed
jobs              questions under a grant: opened, expired
uses              what grants and jobs have in common, and the answers, opened
"""
