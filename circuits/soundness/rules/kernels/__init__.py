"""The texts of the kernels that follow rules from row to row."""
