"""The commands of `zkpipe ptau`: ceremonies of the powers of tau."""
