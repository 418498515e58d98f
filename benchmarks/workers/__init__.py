"""Processes that measure, or prove, when they are asked."""
