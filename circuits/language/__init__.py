"""The language of circuits: the author's text, types and values, hints, and the plain run.

text          the author's text: frames, places, syntax, the heads of functions
suggestions   what to write instead, where Python needs a plain value
values        types, signals and their operators; check, narrow, select, lookup and the others;
              inputs as values of the declared types; what an engine must offer
surroundings  what a function sees beside its arguments, and whether it is the same another time
plain         hints, and the plain run on integers
"""
