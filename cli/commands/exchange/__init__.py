"""The commands of the data exchange."""
