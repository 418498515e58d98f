"""Types, values, and the functions of the language on them."""
