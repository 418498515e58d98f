"""What an owner publishes: commitments to tables, in versions of a lineage, and what becomes of it.

descriptions  the public description of segments, as a file
"""
