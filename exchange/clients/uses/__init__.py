"""The use of a grant, from its terms to the opened answer.

steps      a step of a job, and the words that its proof is bound to
drafts     terms and jobs from files in which what follows from the exchange may be left out
approvers  who must sign a lineage's grants
fitting    whether a grant or a job would be taken and can be served
results    a delivered answer, opened and checked
"""
