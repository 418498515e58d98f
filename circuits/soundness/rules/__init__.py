"""What follows from what: the work list, and the forms of rows that lemmas read."""
