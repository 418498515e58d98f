"""Kernels' machine code in one shared object, which a process without numba loads and calls."""
