"""Kernels for NVIDIA cards: their arithmetic, and how they become PTX."""
