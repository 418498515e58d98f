"""What several accounts decide: who signs what, as files that they hand on.

decision          a function and its arguments; each signer makes the digest for himself
subjects          what stands in an action's file in place of a digest
signature_files   one account's signature of a decision
council_calls     arguments of what the council decides, as people type them
quorum            who must sign a decision; it is carried out once
"""
