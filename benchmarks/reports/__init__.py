"""A report on a run: tables, plots, targets."""
