"""The texts of the kernels that read equations: bounds, gates, incidence."""
