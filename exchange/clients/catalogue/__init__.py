"""What an owner publishes: commitments to tables, in versions of a lineage, and what becomes of it.

descriptions  the public description of segments, as a file
committing    data to commitments: rows and keys into the home
near_copies   segments that repeat rows of others beside too few
removal       segments without some units, of which nobody could tell what they held
lineages      registered, opened to circuits, frozen, destroyed
proving       proofs of many segments, kept until they are published
returning     units that left, so that they do not come back too soon
rules         what may be published: looked at before anything is proved
calls         one call of publish: a version of at most 40 new segments
publishing    versions, one after another, however often a run is ended
verifying     whether data are what a lineage holds
looking       what there is: found by a word, shown by an id, compared between versions
"""
