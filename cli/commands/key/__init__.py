"""The commands of `zkpipe key`: the second phase of a ceremony, which makes a circuit's key."""
