"""The size of circomlib's templates, as circom compiles them with all its simplifications (-O2).

    python -m zkpipe.benchmarks.gadgets.circomlib

writes others.json anew; it takes Node.js, and `npm ci`, and some minutes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from zkpipe.benchmarks.gadgets.counting import Counts, counts_of
from zkpipe.circuits import ConstraintSystem

FIGURES = Path(__file__).with_name("others.json")

_STRICT_ORDER = """
template Main() {
    signal input a; signal input b; signal output out;
    component x = Num2Bits_strict(); x.in <== a;
    component y = Num2Bits_strict(); y.in <== b;
    component low = LessThan(127); component high = LessThan(127); component same = IsEqual();
    var l = 0; var m = 0; var h = 0; var k = 0;
    for (var i = 0; i < 127; i++) {
        l += x.out[i] * 2**i; m += y.out[i] * 2**i;
        h += x.out[127 + i] * 2**i; k += y.out[127 + i] * 2**i;
    }
    low.in[0] <== l; low.in[1] <== m; high.in[0] <== h; high.in[1] <== k;
    same.in[0] <== h; same.in[1] <== k;
    out <== high.out + same.out * low.out;
}
"""
_SIGN = """
template Main() {
    signal input in; signal output sign;
    component x = Num2Bits_strict(); x.in <== in;
    component s = Sign();
    for (var i = 0; i < 254; i++) { s.in[i] <== x.out[i]; }
    sign <== s.sign;
}
"""
_MERKLE = """
template Main(depth) {
    signal input leaf; signal input siblings[depth]; signal input index[depth];
    signal output root;
    component hash[depth]; component turn[depth];
    signal node[depth + 1]; node[0] <== leaf;
    for (var i = 0; i < depth; i++) {
        turn[i] = Switcher(); turn[i].sel <== index[i];
        turn[i].L <== node[i]; turn[i].R <== siblings[i];
        hash[i] = Poseidon(2);
        hash[i].inputs[0] <== turn[i].outL; hash[i].inputs[1] <== turn[i].outR;
        node[i + 1] <== hash[i].out;
    }
    root <== node[depth];
}
"""
_BASE = (
    "5299619240641551281634865583518297030282874472190772894086521144482721001553",
    "16950150798460657717958625567821834550301663161624707787222815936182638968203",
)
_COMMITMENT = f"""
template Main() {{
    signal input value; signal input blinding; signal output out[2];
    component v = Num2Bits(250); v.in <== value;
    component b = Num2Bits(250); b.in <== blinding;
    component x = EscalarMulFix(250, [{_BASE[0]}, {_BASE[1]}]);
    component y = EscalarMulFix(250, [{_BASE[0]}, {_BASE[1]}]);
    for (var i = 0; i < 250; i++) {{ x.e[i] <== v.out[i]; y.e[i] <== b.out[i]; }}
    component sum = BabyAdd();
    sum.x1 <== x.out[0]; sum.y1 <== x.out[1]; sum.x2 <== y.out[0]; sum.y2 <== y.out[1];
    out[0] <== sum.xout; out[1] <== sum.yout;
}}
"""
TEMPLATES: dict[str, tuple[list[str], str, str]] = {  # files, main component, further text
    "Num2Bits(32)": (["bitify"], "Num2Bits(32)", ""),
    "Num2Bits_strict": (["bitify"], "Num2Bits_strict()", ""),
    "LessThan(32)": (["comparators"], "LessThan(32)", ""),
    "LessThan(64)": (["comparators"], "LessThan(64)", ""),
    "LessThan of strict bits": (["bitify", "comparators"], "Main()", _STRICT_ORDER),
    "LessThan(252)": (["comparators"], "LessThan(252)", ""),
    "Sign of strict bits": (["bitify", "sign"], "Main()", _SIGN),
    "IsEqual": (["comparators"], "IsEqual()", ""),
    "Mux1": (["mux1"], "Mux1()", ""),
    "Multiplexer(1,16)": (["multiplexer"], "Multiplexer(1, 16)", ""),
    "MultiMux4(8)": (["mux4"], "MultiMux4(8)", ""),
    "Multiplexer(1,256)": (["multiplexer"], "Multiplexer(1, 256)", ""),
    **{f"Poseidon({n})": (["poseidon"], f"Poseidon({n})", "") for n in (1, 2, 3, 4, 6, 8, 12, 16)},
    "PoseidonEx(16,17)": (["poseidon"], "PoseidonEx(16, 17)", ""),
    "MiMC7(91)": (["mimc"], "MiMC7(91)", ""),
    "MiMCSponge(2,220,1)": (["mimcsponge"], "MiMCSponge(2, 220, 1)", ""),
    "Switcher": (["switcher"], "Switcher()", ""),
    "Sha256(256)": (["sha256/sha256"], "Sha256(256)", ""),
    "Sha256(512)": (["sha256/sha256"], "Sha256(512)", ""),
    "Sha256(1024)": (["sha256/sha256"], "Sha256(1024)", ""),
    "Sha256compression": (["sha256/sha256compression"], "Sha256compression()", ""),
    "BabyCheck": (["babyjub"], "BabyCheck()", ""),
    "BabyAdd": (["babyjub"], "BabyAdd()", ""),
    "BabyDbl": (["babyjub"], "BabyDbl()", ""),
    "BabyPbk": (["babyjub"], "BabyPbk()", ""),
    "EscalarMulAny(253)": (["escalarmulany"], "EscalarMulAny(253)", ""),
    "EscalarMulFix(253)": (
        ["escalarmulfix"],
        f"EscalarMulFix(253, [{_BASE[0]}, {_BASE[1]}])",
        "",
    ),
    "Pedersen(256)": (["pedersen"], "Pedersen(256)", ""),
    "two EscalarMulFix(250)": (["escalarmulfix", "bitify", "babyjub"], "Main()", _COMMITMENT),
    "EdDSAMiMC": (["eddsamimc"], "EdDSAMiMCVerifier()", ""),
    "EdDSAMiMCSponge": (["eddsamimcsponge"], "EdDSAMiMCSpongeVerifier()", ""),
    "EdDSAPoseidon": (["eddsaposeidon"], "EdDSAPoseidonVerifier()", ""),
    **{f"Merkle({n})": (["poseidon", "switcher"], f"Main({n})", _MERKLE) for n in (20, 32)},
    "SMTProcessor(20)": (["smt/smtprocessor"], "SMTProcessor(20)", ""),
    **{f"SMTVerifier({n})": (["smt/smtverifier"], f"SMTVerifier({n})", "") for n in (10, 20, 32)},
}


def figures() -> dict[str, Counts]:
    """The sizes that were measured, by template."""
    return {name: Counts(*counts) for name, counts in json.loads(FIGURES.read_text()).items()}


def measured(template: str, modules: Path) -> Counts:
    """The size of a template, compiled now.

    modules  a folder node_modules with circom2 and circomlib

    Raises FileNotFoundError without Node.js; CalledProcessError where circom fails.
    """
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("node is not there: install Node.js 18 or newer")
    files, main, text = TEMPLATES[template]
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        source = folder / "main.circom"
        includes = "".join(f'include "circomlib/circuits/{file}.circom";\n' for file in files)
        source.write_text(f"pragma circom 2.0.0;\n{includes}{text}\ncomponent main = {main};\n")
        compiler = modules.resolve() / "circom2" / "cli.js"
        subprocess.run(  # noqa: S603 # npm's compiler on our own text
            [node, compiler, source, "--O2", "--r1cs", "-l", modules.resolve(), "-o", folder],
            cwd=modules.resolve(),  # it sees only folders above the one that it runs in
            check=True,
            capture_output=True,
            timeout=600,
        )
        return counts_of(ConstraintSystem.load(folder / "main.r1cs"))


def main() -> None:
    """Measure all templates, and keep the figures."""
    modules = Path(__file__).resolve().parents[2] / "node_modules"
    found = {name: measured(name, modules) for name in TEMPLATES}
    lines = ",\n".join(f"  {json.dumps(name)}: {list(counts)}" for name, counts in found.items())
    FIGURES.write_text(f"{{\n{lines}\n}}\n")
    sys.stdout.write(f"{FIGURES.name}: {len(found)} templates\n")


if __name__ == "__main__":
    main()
