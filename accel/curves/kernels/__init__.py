"""The texts of the kernels that points are checked, converted and paired with."""
