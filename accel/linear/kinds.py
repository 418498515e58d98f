"""What the kind of a term says: hosts and kernels both read it (accel.linear.terms)."""

from __future__ import annotations

B = 1  # the term is of matrix B
MINUS = 2  # its coefficient is -1
OTHER = 4  # its coefficient is the next of those that are neither 1 nor -1
