"""The texts of the kernels that look for what is loose."""
