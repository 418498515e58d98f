"""The data exchange: institutions use each other's data without seeing it.

An owner publishes a commitment to a table. A grant names one circuit, one data set and a number of
uses. Each use is a proof, which a contract checks, counts, pays for and keeps as evidence.
"""

from __future__ import annotations

if __name__ != "zkpipe.exchange":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.exchange.", name="exchange")
