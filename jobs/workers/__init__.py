"""Child processes that prove, with limits of time and memory."""
