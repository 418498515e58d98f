"""`python -m zkpipe`: the command `zkpipe`."""

from zkpipe.cli.main import main

if __name__ == "__main__":
    main()
