"""The command line: `zkpipe`. A command parses, calls one library function, prints."""

if __name__ != "zkpipe.cli":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.cli.", name="cli")
