"""The fields of a record of a deployment, each by its form: a record comes from outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from zkpipe.ground.errors import FormatError, ZkpipeError
from zkpipe.ground.files.strict_json import Json
from zkpipe.prover.provenance.kind import Provenance
from zkpipe.verifier_contracts.abi import ADDRESS, is_abi
from zkpipe.verifier_contracts.compilers.compiled import is_code, settings_of
from zkpipe.verifier_contracts.solidity.standing import Standing, checked_reason

AGAIN = "Restore the record, or deploy the contract again."


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a record, each by its form. Every method raises FormatError."""

    record: dict[str, Json]
    name: str

    def wrong(self, field: str, how: str = "is missing or not of its form") -> FormatError:
        """The error of a field."""
        return FormatError(f"{self.name}: {field} {how}.", AGAIN)

    def text(self, field: str, form: re.Pattern[str]) -> str:
        """A text of a form."""
        value = self.record.get(field)
        if type(value) is not str or not form.fullmatch(value):
            raise self.wrong(field)
        return value

    def number(self, field: str, least: int = 0) -> int:
        """A whole number of at most 63 bits."""
        value = self.record.get(field)
        if type(value) is not int or not least <= value < 1 << 63:
            raise self.wrong(field)
        return value

    def code(self, field: str) -> str:
        """0x and hexadecimal."""
        value = self.record.get(field)
        if not is_code(value):
            raise self.wrong(field)
        return str(value)

    def address(self) -> str:
        """With its checksum, EIP-55: a digit that was changed shows."""
        from eth_utils.address import to_checksum_address

        value = self.text("address", ADDRESS)
        if value != to_checksum_address(value):
            raise self.wrong("address", "does not have the capitals of its checksum")
        return value

    def standard_input(self) -> dict[str, Any]:
        """What the compiler was given."""
        value = self.record.get("standardInput")
        if type(value) is not dict:
            raise self.wrong("standardInput")
        try:
            settings_of(value)
        except FormatError as error:
            raise self.wrong("standardInput", "is none that zkpipe gives a compiler") from error
        return value

    def source_name(self, contract: str, given: dict[str, Any]) -> str:
        """The source that has the contract, out of its qualified name."""
        value = self.record.get("qualifiedName")
        name = value.removesuffix(f":{contract}") if type(value) is str else None
        if name not in given["sources"] or value == name:
            raise self.wrong("qualifiedName", "is not that of the contract")
        return str(name)

    def abi(self) -> list[dict[str, Any]]:
        """The contract's ABI."""
        value = self.record.get("abi")
        if not is_abi(value):
            raise self.wrong("abi")
        return value  # type: ignore[return-value] # it is one

    def standing(self, of_source: Standing | None) -> Standing | None:
        """What the contract's key counted as when it was deployed.

        of_source  what the source says of it; None for a source without a key
        """
        for field in ("provenance", "unverifiedReason"):
            if field not in self.record:
                raise self.wrong(field)
        word, reason = self.record["provenance"], self.record["unverifiedReason"]
        if of_source is None:
            if word is None and reason is None:
                return None
            raise self.wrong("provenance", "is of a key, and the record's source has none")
        words = {one.word: one for one in (of_source.provenance, Provenance.UNVERIFIED)}
        if not isinstance(word, str) or word not in words:
            raise self.wrong("provenance", "is not what the record's source says")
        try:
            given = None if reason is None else checked_reason(reason)
        except ZkpipeError as error:
            raise self.wrong("unverifiedReason") from error
        if given != reason or of_source.reason not in (None, given):
            raise self.wrong("unverifiedReason", "is not that of the record's source")
        return Standing(words[word], given)
