"""What each event changes in the folded tables: pure functions of the event and the rows."""
