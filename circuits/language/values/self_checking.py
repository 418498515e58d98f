"""Records that are more than their fields: a point is on its curve."""

from __future__ import annotations

from typing import Any

from zkpipe.circuits.language.values.structure import fields_of, is_record


class SelfChecking:
    """The base of a dataclass that constrains its fields wherever one enters a circuit.

    One enters as an input, and as a hint's result. Others are made of those by the class alone.
    """

    def check_entry(self) -> None:
        """Constrain the fields, in the body that runs."""
        raise NotImplementedError

    @classmethod
    def fault(cls, *integers: int) -> tuple[str, str] | None:
        """What is wrong with an input of these scalars, as the end of a sentence, and what to do.

        Told before a witness is made, so that the sentence names the input.
        """
        raise NotImplementedError


def entered(nest: Any) -> Any:
    """The nest, after each record in it that checks itself has done so."""
    if isinstance(nest, SelfChecking):
        nest.check_entry()
    elif isinstance(nest, list | tuple):
        for item in nest:
            entered(item)
    elif is_record(nest):
        for _, part in fields_of(nest):
            entered(part)
    return nest
