"""The texts of the kernels that hash."""
