"""The texts of the kernels that read files of systems."""
