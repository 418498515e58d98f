"""The clients of an exchange: what a party does, and what it looks up.

view        an exchange as its chain tells it
session     a home at work on an exchange
facts       structs, read again from the index
decisions   what the council, approvers and confirmers sign, as files
"""
