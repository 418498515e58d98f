"""The command line: `zkpipe`. A command parses, calls one library function, prints."""

if __name__ != "zkpipe.cli":  # by another name, every class would be there twice
    raise ImportError("This folder is no package of its own: import zkpipe.cli.")
