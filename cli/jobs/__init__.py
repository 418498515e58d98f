"""Jobs as commands put them together: circuits of authors, and what proves them."""
