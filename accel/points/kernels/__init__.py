"""Kernels of the modules beside this package that have the same names."""
