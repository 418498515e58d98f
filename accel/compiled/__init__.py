"""Kernels: compiled by numba, kept on disk by their sources, compiled ahead."""
