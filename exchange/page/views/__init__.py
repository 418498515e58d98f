"""What each page shows: values from a snapshot, for the template of the same name.

A view returns the names that its template uses, or None where there is no such thing. It translates
nothing: words of states are keys of the texts.
"""
