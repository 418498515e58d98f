"""PTX on the processor: a second reading of what a card would run, by its published semantics.

`text` reads the text of one entry, `translation` writes it as LLVM code of one thread, `launch`
compiles that and runs blocks of threads. Source: NVIDIA, Parallel Thread Execution ISA.
"""
