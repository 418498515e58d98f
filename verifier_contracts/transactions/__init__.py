"""Transactions: begun, signed, sent, waited for, and found again."""
