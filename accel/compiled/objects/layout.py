"""The form of a shared object of ours, which who writes it and who loads it must agree on."""

from __future__ import annotations

import struct

PAGE = 4096
BEGIN = "zkpipe_kernels"  # its one symbol, by which a loader's user finds where it was mapped
HEADER_SIZE = 64  # of the file's header; BEGIN is behind it, for a symbol at 0 counts as none
PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
SEGMENTS = 6
LOAD, DYNAMIC, STACK, READ_ONLY_AFTER = 1, 2, 0x6474E551, 0x6474E552  # kinds of segments
EXECUTE, WRITE, READ = 1, 2, 4
SLOT, RELATIVE = 6, 8  # R_X86_64_GLOB_DAT, R_X86_64_RELATIVE
HASH, RELA, RELA_SIZE = 4, 7, 8  # DT_...
STRINGS, SYMBOLS, RELA_ENTRY, STRINGS_SIZE, SYMBOL_ENTRY = 5, 6, 9, 10, 11
LIBRARY = ("memset", "memcpy", "memmove")  # functions of the C library, by their numbers
