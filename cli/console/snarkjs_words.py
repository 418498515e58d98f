"""Commands of snarkjs, and what they are here: for people who type what they are used to.

Source: iden3/snarkjs 0.7.6, cli.js.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

OURS = {
    "powersoftau new": "ptau new POWER OUT.ptau",
    "powersoftau contribute": "ptau contribute IN.ptau OUT.ptau",
    "powersoftau beacon": "ptau beacon IN.ptau OUT.ptau HEX EXPONENT",
    "powersoftau prepare": "ptau prepare IN.ptau OUT.ptau",
    "powersoftau truncate": "ptau truncate IN.ptau OUT.ptau POWER",
    "powersoftau verify": "ptau verify FILE.ptau",
    "groth16 setup": "setup C.r1cs KEY.zkey --ptau FINAL.ptau",
    "groth16 prove": "prove KEY.zkey W.wtns PROOF.json PUBLIC.json",
    "groth16 fullprove": "fullprove INPUT.json C.wasm KEY.zkey PROOF.json PUBLIC.json",
    "groth16 verify": "verify VKEY.json PUBLIC.json PROOF.json",
    "zkey new": "setup C.r1cs KEY.zkey --ptau FINAL.ptau",
    "zkey contribute": "key contribute IN.zkey OUT.zkey",
    "zkey beacon": "key beacon IN.zkey OUT.zkey HEX EXPONENT",
    "zkey verify": "key verify KEY.zkey --circuit C.r1cs --ptau FINAL.ptau",
    "zkey export verificationkey": "export vkey KEY.zkey VKEY.json",
    "zkey export solidityverifier": "export verifier KEY.zkey VERIFIER.sol",
    "zkey export soliditycalldata": "export calldata PUBLIC.json PROOF.json",
    "wtns calculate": "witness C.wasm INPUT.json W.wtns",
    "wtns check": "check C.r1cs W.wtns",
    "wtns export json": "export wtns-json W.wtns OUT.json",
    "r1cs info": "info C.r1cs",
    "r1cs print": "print C.r1cs",
    "r1cs export json": "export r1cs-json C.r1cs OUT.json",
}


def said_here(words: Sequence[str]) -> str | None:
    """What snarkjs' command is here, a sentence; None if the words are none of its commands."""
    for count in (3, 2):
        typed = " ".join(words[:count])
        if typed in OURS:
            return f"`{typed}` is a command of snarkjs. Here it is `zkpipe {OURS[typed]}`."
    return None


UNSAID = {
    "groth16": "Groth16 is the only protocol here",
    "bn128": "BN254, which snarkjs calls bn128, is the only curve here",
}


def meant_here(command: str, words: Sequence[str]) -> str | None:
    """What is to be said of words behind one of our commands that are in snarkjs' order.

    command  with `zkpipe` before it
    words    that it was given

    None if they are not in that order.
    """
    typed = [word for word in words if not word.startswith("-")]
    unsaid = next((word for word in typed[:1] if word in UNSAID), None)
    files = typed[1:] if unsaid else typed
    if command.endswith(" setup") and len(files) == 3 and files[1].endswith(".ptau"):
        circuit, powers, key = map(shlex.quote, files)
        return (
            "snarkjs takes the powers of tau before the key. Here it is "
            f"`zkpipe setup {circuit} {key} --ptau {powers}`."
        )
    if unsaid:
        return f"Leave out `{unsaid}`: {UNSAID[unsaid]}."
    return None
