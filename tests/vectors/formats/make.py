"""Make the files of this folder anew: circom and snarkjs, from npm, on our own circuit.

Run from the repository's root after `make setup`: python tests/vectors/formats/make.py
The ceremony draws its own randomness, so keys and proof differ each time.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BIN = HERE.parents[2] / "node_modules" / ".bin"
KEPT = {
    "bits.r1cs": "circom2 bits.circom --r1cs",
    "bits.sym": "circom2 bits.circom --sym",
    "bits.wtns": "snarkjs wtns calculate",
    "uncontributed.zkey": "snarkjs groth16 setup",
    "uncontributed.json": "snarkjs zkey export verificationkey",
    "bits.zkey": "snarkjs zkey contribute",
    "verification_key.json": "snarkjs zkey export verificationkey",
    "proof.json": "snarkjs groth16 prove",
    "public.json": "snarkjs groth16 prove",
}


def run(folder: Path, command: str) -> None:
    """Run a tool of npm in a folder."""
    tool, *arguments = command.split()
    subprocess.run([BIN / tool, *arguments], cwd=folder, check=True)  # noqa: S603 - our own text


def main() -> None:
    """Compile, run a ceremony of 2^6, prove, and keep the files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(HERE / "bits.circom", folder)
        (folder / "input.json").write_text(json.dumps({"x": "13", "y": "4", "unused": "0"}))
        for command in (
            "circom2 bits.circom --r1cs --sym --wasm",
            "snarkjs powersoftau new bn128 6 0.ptau",
            "snarkjs powersoftau contribute 0.ptau 1.ptau --name=first --entropy=vectors",
            "snarkjs powersoftau prepare phase2 1.ptau final.ptau",
            "snarkjs groth16 setup bits.r1cs final.ptau uncontributed.zkey",
            "snarkjs zkey contribute uncontributed.zkey bits.zkey --name=first --entropy=vectors",
            "snarkjs zkey export verificationkey uncontributed.zkey uncontributed.json",
            "snarkjs zkey export verificationkey bits.zkey verification_key.json",
            "snarkjs wtns calculate bits_js/bits.wasm input.json bits.wtns",
            "snarkjs groth16 prove bits.zkey bits.wtns proof.json public.json",
        ):
            run(folder, command)
        for kept in KEPT:
            shutil.copy(folder / kept, HERE / kept)


if __name__ == "__main__":
    main()
