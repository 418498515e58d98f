"""`python -m zkpipe.verifier_contracts [PORT]` and `make node`: a node in the foreground."""

import sys

from zkpipe.verifier_contracts.node import main

sys.exit(main())
