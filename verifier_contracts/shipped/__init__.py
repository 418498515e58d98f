"""Contracts that come compiled with zkpipe, so that no compiler is needed to deploy them."""
