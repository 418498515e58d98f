"""The kernels of cards: what each thread computes."""
