"""The commands of `zkpipe batch`: every row of a table, proved with one circuit and key."""
