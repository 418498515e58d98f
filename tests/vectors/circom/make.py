"""Make the files of this folder anew: circom and snarkjs, from npm, on our own circuits.

Run from the repository's root after `make setup`: python tests/vectors/circom/make.py
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = (HERE.parents[2] / "node_modules").resolve()  # circom2 follows no links
INPUTS = {
    "shapes": {"a": "5", "list": ["1", "2", "3"], "grid": [["4", "5", "6"], ["7", "8", "9"]],
               "one": ["2"]},
    "bus": {"one": {"x": "3", "y": "4"}, "many": [{"x": "5", "y": "6"}, {"x": "7", "y": "8"}]},
    "none": {},
}  # fmt: skip
OTHER_PRIME = "none"  # also compiled over another field


def run(folder: Path, *words: object) -> None:
    """Run a program of npm in a folder."""
    subprocess.run(["node", *map(str, words)], cwd=folder, check=True)  # noqa: S603, S607


def main() -> None:
    """Compile each circuit, and compute a witness by the calculator that circom wrote beside it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for circuit, inputs in INPUTS.items():
            shutil.copy(HERE / f"{circuit}.circom", folder)
            run(folder, MODULES / "circom2" / "cli.js", f"{circuit}.circom",
                "--O2", "--r1cs", "--sym", "--wasm")  # fmt: skip
            made = folder / f"{circuit}_js"
            given, wtns = folder / "input.json", folder / f"{circuit}.wtns"
            given.write_text(json.dumps(inputs))
            run(folder, made / "generate_witness.js", made / f"{circuit}.wasm", given, wtns)
            shutil.copy(made / f"{circuit}.wasm", HERE)
            for kept in (".wtns", ".r1cs", ".sym"):
                shutil.copy(folder / f"{circuit}{kept}", HERE)
        run(folder, MODULES / "circom2" / "cli.js", f"{OTHER_PRIME}.circom",
            "--wasm", "--prime", "bls12381")  # fmt: skip
        shutil.copy(folder / f"{OTHER_PRIME}_js" / f"{OTHER_PRIME}.wasm", HERE / "bls12381.wasm")


if __name__ == "__main__":
    main()
