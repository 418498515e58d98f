"""Send transactions, never one twice: an outbox, and what advances it."""
