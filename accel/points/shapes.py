"""What a batch of points keeps: the rows of its table, and slots between the steps of a window."""

COMBINATIONS = 8
ROWS = COMBINATIONS + 4  # of the table for a point: and what they are sums and differences of
SLOT_BOUNDS = (3, 4, 9, 14, 3)  # running products, differences of x, of y, second ones of x; slopes
