"""Proving as work that is queued: batches of a table's rows, and a service on the network.

proving   what a worker does: inputs in, checked proofs or named failures out
workers   child processes with limits, which do that
batch     a table, a journal, results; goes on after a stop
service   a queue behind HTTP
submit    proven rows of a batch to a contract, in groups, each once
"""

from __future__ import annotations

if __name__ != "zkpipe.jobs":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.jobs.", name="jobs")
