"""What the work list leaves: each module has one lemma, with its proof."""
