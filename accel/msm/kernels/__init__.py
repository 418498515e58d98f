"""The kernels of sums of products: what hosts call by name and never import."""
