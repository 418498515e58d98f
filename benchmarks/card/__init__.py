"""A card beside the processor of its machine: is it right, and how fast is it."""
