"""A child that never reads what it is asked."""

import time

time.sleep(600)
