"""@circuit and @component: what is checked of a body, and its way to a system."""
