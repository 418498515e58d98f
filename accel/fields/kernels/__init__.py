"""The kernels of accel.fields that its hosts call by their names."""
