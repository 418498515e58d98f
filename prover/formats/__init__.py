"""The ecosystem's files of keys and proofs: .zkey and snarkjs' JSON."""
