"""The ecosystem's files of circuits: .r1cs, .sym, .wtns, and the ways to read and write files."""
