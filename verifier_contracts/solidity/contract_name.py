"""Which names a contract can have: Solidity's own words, and those of our contract, are taken.

Source: the Solidity documentation 0.8.37, "Cheatsheet: reserved keywords", "Language grammar", and
"Units and globally available variables".
"""

from __future__ import annotations

import re

from zkpipe.verifier_contracts.errors import ContractError

LONGEST = 200  # letters
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)

_WORDS = """
    abstract address anonymous as assembly bool break bytes calldata case catch constant constructor
    continue contract default delete do else emit enum event external fallback false final fixed for
    function hex if immutable import in indexed inline interface internal is let library macro
    mapping match memory modifier mutable new null of override partial payable pragma private
    promise public pure receive reference relocatable return returns sealed sizeof static storage
    string struct super supports switch this throw true try type typedef typeof ufixed unchecked
    unicode using var view virtual while after alias apply auto byte copyof define implements
    days ether gwei hours minutes seconds weeks wei years _
"""
KEYWORDS = frozenset(_WORDS.split())
# int256, bytes32, fixed128x18: the numbers are checked by no one; bytes33 is as odd a name.
TYPES = re.compile(r"(?:u?int|bytes)[0-9]{0,3}|u?fixed[0-9]{1,3}x[0-9]{1,2}")


def check_name(name: str, source: str) -> None:
    """Raise ContractError unless `name` can be that of the contract in a source with this name.

    The name must stand nowhere else in the source: it would hide what the contract calls so.
    """
    if not IDENTIFIER.fullmatch(name) or len(name) > LONGEST:
        raise ContractError(
            f"{_shown(name)} cannot be the name of a contract.",
            f"Take letters, digits and underscores, no digit first, and at most {LONGEST} in all.",
        )
    is_soliditys = name in KEYWORDS or TYPES.fullmatch(name) is not None
    if is_soliditys or len(re.findall(rf"\b{name}\b", COMMENTS.sub("", source))) > 1:
        whose = "Solidity" if is_soliditys else "the contract itself"
        raise ContractError(
            f"{name!r} cannot be the name of a contract: {whose} has the word.",
            "Take another name, such as one that begins with a capital letter.",
        )


def _shown(name: str) -> str:
    return repr(name) if len(name) <= LONGEST else f"A word of {len(name):,} letters"
