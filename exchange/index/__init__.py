"""What the exchange's events say: raw in SQLite, and folded into tables that answer questions."""
