"""Who proves the rows of a batch: this process, local processes, a Ray cluster."""
