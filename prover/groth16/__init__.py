"""Groth16 itself: setup, prove, verify. Source: Groth, eprint 2016/260."""
