"""Kernels to be timed alone."""
