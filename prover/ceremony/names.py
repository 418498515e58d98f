"""Names of contributors, as the records of both phases keep them."""

from __future__ import annotations

from zkpipe.ground.errors import RangeError

LONGEST, MOST_BYTES = 64, 255  # letters, as snarkjs cuts them; the length in bytes is a byte


def check_name(name: str) -> None:
    """Raise RangeError for a name that a record cannot keep."""
    size = len(name.encode("utf-8", "surrogatepass"))
    if len(name) > LONGEST or size > MOST_BYTES:
        raise RangeError(
            f"The name of a contribution has {len(name)} letters, {size} bytes in UTF-8; at most "
            f"{LONGEST} and {MOST_BYTES} fit.",
            "Give a shorter one.",
        )
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        raise RangeError("The name of a contribution is not a text.", "Give it in UTF-8.")
