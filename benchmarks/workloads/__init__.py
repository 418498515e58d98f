"""Circuits that are proven, with their keys and witnesses, and the stages of a proof."""
