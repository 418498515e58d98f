"""Verdicts on circomlib's templates, as circom compiled them: no false alarm, no false proof."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from tests.interop.conftest import MODULES, tool_of_npm
from zkpipe.circuits import ConstraintSystem
from zkpipe.circuits.formats.sym import with_names
from zkpipe.circuits.soundness import Report, Verdict, analyse

TEMPLATES = {  # with circom's -O1, which keeps every input
    "Num2Bits(32)": ("bitify", Verdict.SAFE),
    "Num2Bits(254)": ("bitify", Verdict.UNSAFE),  # SECURITY C2
    "Num2Bits_strict()": ("bitify", Verdict.SAFE),
    "Bits2Num_strict()": ("bitify", Verdict.SAFE),
    "LessThan(32)": ("comparators", Verdict.SAFE),
    "IsZero()": ("comparators", Verdict.SAFE),
    "IsEqual()": ("comparators", Verdict.SAFE),
    "Mux3()": ("mux3", Verdict.SAFE),
    "Multiplexer(1,16)": ("multiplexer", Verdict.SAFE),
    "Decoder(4)": ("multiplexer", Verdict.UNSAFE),  # no selector passes beside the right one
    "Sign()": ("sign", Verdict.SAFE),
    "CompConstant(12345)": ("compconstant", Verdict.SAFE),
    "Poseidon(2)": ("poseidon", Verdict.SAFE),
    "MiMC7(91)": ("mimc", Verdict.SAFE),
    "BinSum(32,2)": ("binsum", Verdict.SAFE),
    "Switcher()": ("switcher", Verdict.SAFE),
    "Point2Bits_Strict()": ("pointbits", Verdict.SAFE),
    "SMTProcessor(10)": ("smt/smtprocessor", Verdict.SAFE),
    "Edwards2Montgomery()": ("montgomery", Verdict.UNSAFE),  # SECURITY C4: a zero denominator
    "MontgomeryAdd()": ("montgomery", Verdict.UNSAFE),
    "MontgomeryDouble()": ("montgomery", Verdict.UNSAFE),
    "Window4()": ("pedersen", Verdict.UNSAFE),  # of a base of order two, whose slope is free
    "EscalarMulAny(4)": ("escalarmulany", Verdict.UNKNOWN),  # off the curve slopes may be free
    "BabyAdd()": ("babyjub", Verdict.SAFE),  # 168696 is no square, times 168700 neither
    "BabyDbl()": ("babyjub", Verdict.SAFE),
}


@pytest.fixture(scope="module")
def report_on(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Report]:
    """The report on a template of circomlib as the main component."""
    node = tool_of_npm("circom2")
    tool_of_npm("circomlib")
    modules = MODULES.resolve()

    def report(template: str) -> Report:
        folder = tmp_path_factory.mktemp("circomlib")
        source = folder / "main.circom"
        source.write_text(
            "pragma circom 2.0.0;\n"
            f'include "circomlib/circuits/{TEMPLATES[template][0]}.circom";\n'
            f"component main = {template};\n"
        )
        subprocess.run(  # noqa: S603 # npm's
            [node, modules / "circom2" / "cli.js", source, "--O1", "--r1cs", "--sym", "-l", modules,
             "-o", folder],
            cwd=modules,  # it sees only folders above the one it runs in
            check=True,
            capture_output=True,
            timeout=200,
        )  # fmt: skip
        system = ConstraintSystem.load(folder / "main.r1cs")
        return analyse(with_names(system, folder / "main.sym"))

    return report


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_gets_its_verdict(template: str, report_on: Callable[[str], Report]) -> None:
    report = report_on(template)
    assert report.verdict is TEMPLATES[template][1]
    assert bool(report.undetermined) == (report.verdict is not Verdict.SAFE)
    assert not any(name.startswith("wire") for name in report.undetermined)
