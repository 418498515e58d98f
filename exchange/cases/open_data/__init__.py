"""The case open-data: an agency, an outside developer, a council and an auditor, on real data.

making_data    how the two tables were made
region_score   the developer's circuit
council, owner, developer, auditor    the parties, and what each does
places         where they are: in one process, or each in its own
story          who does what in which order, and what must be refused
report         the page that tells it
running        all of it, in a folder
"""
