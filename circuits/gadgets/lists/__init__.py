"""Lists as a whole: their order, the place of an extreme, and what they do not hold."""
