"""The command line: `zkpipe`. A command parses, calls one library function, prints."""
