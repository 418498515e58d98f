"""What an author forgot: comparisons and inputs that nothing uses, checks that always hold."""
