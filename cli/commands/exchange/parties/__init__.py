"""Commands of a party: its home, the exchange that it joins, and what the council decides."""
