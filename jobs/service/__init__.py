"""A prover behind HTTP: a bounded queue, child processes that prove, results for a day."""
