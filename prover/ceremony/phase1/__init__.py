"""The powers of tau: made, contributed to, verified, prepared for phase 2, truncated."""
