"""What a verifier says of the origin of its key, and on which chains it lets itself be deployed.

A contract of a key that is not from a ceremony is for development chains: elsewhere its constructor
reverts. A person can override that in writing. The reason that they give stands in the contract,
for everybody who looks at it. That holds for development keys as well: whom a contract refused
without a way out would drop the key's mark, and nobody could see any more what it was.

The reason comes from outside and goes into a program's text. Letters beyond ASCII stand in it as
escapes, and nothing that is not printed, or that begins or ends a comment, is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zkpipe.ground.kinds import require_text
from zkpipe.prover.provenance.kind import Provenance
from zkpipe.verifier_contracts.errors import ContractError

# EIP-155 has no say in these: Ganache's, Hardhat's and anvil's, and the one of Chain.embedded.
DEVELOPMENT_CHAINS = (1337, 31337, 131277322940537)
LONGEST_REASON = 200  # bytes in UTF-8; a contract has little room
ERROR = "UnverifiedKey"

_MARKS = {
    Provenance.DEVELOPMENT: """\
// DEVELOPMENT KEY: one party made it alone and could forge a proof of anything. Only for tests and
// demonstrations, never for anything of value.""",
    Provenance.UNVERIFIED: """\
// UNVERIFIED KEY: whoever generated this contract had not verified where its key comes from. Those
// who made the key may be able to forge a proof of anything.""",
    Provenance.CEREMONY: """\
// Whoever generated this contract says that its key is from a ceremony: that they verified it, and
// that people whom they trust took part. Do so yourself: `zkpipe key verify`.""",
}
_ERROR = f"""\
    /// @notice The key is not from a ceremony: this contract is for development chains only.
    error {ERROR}(uint256 chain);

"""
_REASON = """\
    /// @notice Why somebody accepted that the key is not from a ceremony, in their words.
    string public constant UNVERIFIED_REASON = "{text}";

"""
_PLAIN = re.compile(rb"[ !#-\[\]-~]")  # the bytes of a literal that stand for themselves
_PROVENANCE = re.compile(
    r"^[ \t]*uint8\s+public\s+constant\s+PROVENANCE\s*=\s*([1-3])\s*;", re.MULTILINE
)
_TEXT = re.compile(
    r'^    string public constant UNVERIFIED_REASON = "((?:[^"\\\n]|\\x[0-9a-f]{2})*)";$',
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a contract says of its key.

    provenance  of the key, where the contract was generated
    reason      why it may be deployed on every chain all the same; None if nobody gave one
    """

    provenance: Provenance
    reason: str | None = None

    @property
    def is_for_all_chains(self) -> bool:
        """Whether the constructor lets it be deployed anywhere."""
        return self.provenance is Provenance.CEREMONY or self.reason is not None

    @property
    def mark(self) -> str:
        """The comment on it in the contract's header, without the end of its last line."""
        lines = _MARKS[self.provenance]
        if self.reason is None:
            return lines
        escaped = self.reason.encode("ascii", "backslashreplace").decode()
        return f"{lines}\n// Accepted in writing: {escaped}"

    @property
    def error(self) -> str:
        """Declares the error of the constructor, if it has one."""
        return "" if self.is_for_all_chains else _ERROR

    @property
    def constant(self) -> str:
        """Declares UNVERIFIED_REASON, if there is one."""
        return "" if self.reason is None else _REASON.format(text=_literal(self.reason))

    @property
    def check(self) -> str:
        """The constructor's first lines, if it refuses chains."""
        return "" if self.is_for_all_chains else "".join(_chain_check())


def checked_reason(reason: object) -> str:
    """A reason to accept a key, as a contract can hold it. Raises ContractError, KindError."""
    text = require_text("solidity_verifier", "accept_unverified", reason).strip(" ")
    if not any(letter.isalnum() for letter in text):
        raise _refused("says nothing", "Say in words why the key is good enough here.")
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_REASON:
        raise _refused(
            f"has more than {LONGEST_REASON} bytes",
            "Say it in fewer words, or name a document that has more.",
        )
    if not text.isprintable():
        raise _refused(
            "has a character that is not printed, or that ends lines",
            "Write it in one line of letters, digits, spaces and punctuation.",
        )
    if "*/" in text or "/*" in text:
        raise _refused("has /* or */, which comments begin and end with", "Leave them out.")
    return text


def standing_in(source: str) -> Standing | None:
    """What the source of a verifier says of its key; None if it says nothing, or it twice.

    It is what the source claims: nothing is compared.
    """
    found = _PROVENANCE.findall(source)
    texts = _TEXT.findall(source)
    if len(found) != 1 or len(texts) > 1:
        return None
    try:
        reason = checked_reason(_unescaped(texts[0])) if texts else None
    except (ContractError, UnicodeError):
        return None
    return Standing(Provenance(int(found[0])), reason)


def _refused(how: str, fix: str) -> ContractError:
    return ContractError(f"The reason to accept an unverified key {how}.", fix)


def _literal(text: str) -> str:
    """The text within the quotes of a string of Solidity: ASCII, its other bytes as escapes."""
    data = text.encode("utf-8")
    pieces = (bytes([byte]) for byte in data)
    return "".join(p.decode() if _PLAIN.fullmatch(p) else f"\\x{p[0]:02x}" for p in pieces)


def _unescaped(literal: str) -> str:
    """The text of a literal that `_literal` made. Raises UnicodeError for others."""
    escaped = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), literal)
    return escaped.encode("latin-1").decode("utf-8")


def _chain_check() -> Iterator[str]:
    yield "        uint256 chain = block.chainid;\n"
    allowed = " && ".join(f"chain != {chain}" for chain in DEVELOPMENT_CHAINS)
    yield f"        if ({allowed}) {{\n"
    yield f"            revert {ERROR}(chain);\n"
    yield "        }\n"
