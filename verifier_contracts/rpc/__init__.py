"""A node asked by JSON-RPC, in bounds, and what it means when it refuses."""
