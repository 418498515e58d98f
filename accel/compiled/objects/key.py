"""The key of a shared object: a digest of all that its kernels are made of, and made for.

A change in a source, another version of Python, numba or llvmlite, another processor or back end
each give another key, so that no kernel is called that was made of something else.
"""

from __future__ import annotations

import hashlib
import os
import sys

from zkpipe.accel.compiled.objects.index import FORMAT
from zkpipe.accel.compiled.stamps import Look, remembered
from zkpipe.accel.compiled.toolchain import toolchain
from zkpipe.accel.machines.backend import machine, processor


def can_be_used() -> bool:
    """Whether this system can have shared objects of ours: Linux on x86-64."""
    is_wide = sys.maxsize == (1 << 63) - 1
    return sys.platform == "linux" and os.uname().machine == "x86_64" and is_wide


def object_key(look: Look | None = None) -> str:
    """The key for the sources as they are, or were at a look, quickly.

    Raises RangeError or MissingError for a back end that is not here.
    """
    return _with_processor(remembered(f"texts {toolchain()}", _texts_digest, look))


def key_of_sources() -> str:
    """The same of the sources as this process has read them, by what they contain."""
    return _with_processor(_texts_digest())


def _texts_digest() -> str:
    """Digest of all texts of kernels, and of all that they depend on."""
    from zkpipe.accel.compiled.sources import source_digest, texts  # here: it is seldom asked for

    digest = hashlib.sha256()
    for name, path in sorted(texts().items()):
        digest.update(f"{name} {source_digest(path)}\n".encode())
    return digest.hexdigest()


def _with_processor(sources: str) -> str:
    parts = (str(FORMAT), sources, machine().name, processor())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
