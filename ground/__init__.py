"""Under every layer: errors, the kinds of arguments, files, and this process."""

if __name__ != "zkpipe.ground":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.ground.", name="ground")
