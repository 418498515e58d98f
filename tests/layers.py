"""The layers, from the lowest up: each is a folder of the repository and a package of zkpipe."""

LAYERS = (
    "ground",
    "accel",
    "circuits",
    "prover",
    "verifier_contracts",
    "jobs",
    "exchange",
    "benchmarks",
    "cli",
)
