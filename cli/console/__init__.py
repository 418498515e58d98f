"""What a command shows and is told: answers, warnings, progress, words, signals, streams."""
