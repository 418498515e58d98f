"""What is known of where a key comes from: kinds, the user's list, and what was verified before."""
