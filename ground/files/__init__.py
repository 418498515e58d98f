"""Files: read and written whole, kept open, iden3's binary frame, JSON; and who may write where."""
