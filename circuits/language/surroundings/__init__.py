"""What a function sees beside its arguments, and whether it is the same another time."""
