"""Each of many points by a scalar of its own, side by side, and transforms over points."""
