"""What this machine offers, and its kernels."""
