"""Chains, keys whose toxic waste is known, and a peer's key and proofs, for tests of contracts.

A Trapdoor makes a key and right proofs under it with py_ecc alone: it knows the secrets, so it
needs no circuit and no prover (Groth, eprint 2016/260: the simulator of section 3.2).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from py_ecc import optimized_bn128 as curve

from tests.pairings import remembered_pairings
from zkpipe.prover import Proof, VerifyingKey
from zkpipe.verifier_contracts import Chain, Node, compile_solidity, find_anvil, find_solc
from zkpipe.verifier_contracts.errors import CompilerMissingError, NodeMissingError

HERE = Path(__file__).parent
P, R = curve.field_modulus, curve.curve_order


def g1(scalar: int) -> tuple[int, int]:
    x, y = curve.normalize(curve.multiply(curve.G1, scalar % R))
    return int(x), int(y)


def g2(scalar: int) -> tuple[tuple[int, int], tuple[int, int]]:
    x, y = curve.normalize(curve.multiply(curve.G2, scalar % R))
    return tuple(map(int, x.coeffs)), tuple(map(int, y.coeffs))


def off_group_point() -> tuple[tuple[int, int], tuple[int, int]]:
    """A point of the twist outside the group of order r: the first x + u with a root."""
    for x0 in range(1, 100):
        x = curve.FQ2([x0, 1])
        y = root_in_fp2(x * x * x + curve.b2)
        if y is not None:
            point = (x, y, curve.FQ2.one())
            assert curve.is_on_curve(point, curve.b2)
            assert not curve.is_inf(curve.multiply(point, R))
            return tuple(map(int, x.coeffs)), tuple(map(int, y.coeffs))
    raise AssertionError("no such point")


def root_in_fp2(square):
    """A square root by the norm, as p = 3 mod 4; None if there is none."""
    a0, a1 = map(int, square.coeffs)
    norm = pow(a0 * a0 + a1 * a1, (P + 1) // 4, P)
    for half in ((a0 + norm) * pow(2, -1, P) % P, (a0 - norm) * pow(2, -1, P) % P):
        x = pow(half, (P + 1) // 4, P)
        if x:
            root = curve.FQ2([x, a1 * pow(2 * x, -1, P) % P])
            if root * root == square:
                return root
    return None


@dataclass(frozen=True)
class Trapdoor:
    """Discrete logarithms of a verifying key."""

    alpha: int
    beta: int
    gamma: int
    delta: int
    ic: tuple[int, ...]

    @classmethod
    def of(cls, name: str, public_count: int) -> Trapdoor:
        """The same for the same name: what was compiled once need not be compiled again."""
        digests = (hashlib.sha512(f"{name} {i}".encode()) for i in range(5 + public_count))
        some = [int.from_bytes(digest.digest()) % R for digest in digests]
        return cls(*some[:4], tuple(some[4:]))

    def raw_key(self, development: bool = True) -> VerifyingKey:
        """The points, in a key that was not checked: its fields may be changed, too."""
        key = object.__new__(VerifyingKey)
        key.__dict__.update(
            public_names=None,
            alpha=g1(self.alpha),
            beta=g2(self.beta),
            gamma=g2(self.gamma),
            delta=g2(self.delta),
            ic=tuple(map(g1, self.ic)),
            development=development,
        )
        return key

    def key(self, development: bool = True) -> VerifyingKey:
        raw = self.raw_key(development)
        return VerifyingKey(raw.alpha, raw.beta, raw.gamma, raw.delta, raw.ic, development)

    def logs(self, public: tuple[int, ...], b: int | None = None) -> tuple[int, int, int]:
        """Logarithms of A, B, C of a random proof that is right for the public values."""
        a = 1 + secrets.randbelow(R - 1)
        b = 1 + secrets.randbelow(R - 1) if b is None else b
        inputs = self.ic[0] + sum(x * y for x, y in zip(public, self.ic[1:], strict=True))
        c = (a * b - self.alpha * self.beta - inputs * self.gamma) * pow(self.delta, -1, R)
        return a, b, c % R

    def proof(self, public: tuple[int, ...]) -> Proof:
        a, b, c = self.logs(public)
        return Proof(g1(a), g2(b), g1(c))


@pytest.fixture(scope="session")
def oracle():
    """py_ecc's groups and what is made with them."""
    return SimpleNamespace(g1=g1, g2=g2, off_group_point=off_group_point(), trapdoor=Trapdoor.of)


@pytest.fixture(scope="session")
def solc():
    try:
        return find_solc()
    except CompilerMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")


@pytest.fixture(scope="session")
def embedded(solc):
    with remembered_pairings():
        yield Chain.embedded()


@pytest.fixture(scope="session")
def node(solc):
    """A real node; the tests that ask for it are skipped where anvil is not installed."""
    try:
        find_anvil()
    except NodeMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    with Node.start() as running:
        yield running


@pytest.fixture(scope="session")
def real(node):
    """The chain that the real node serves."""
    return Chain.connect(node.url)


@pytest.fixture(scope="session", params=["embedded", "node"])
def chain(request):
    """Both chains, one after the other."""
    return request.getfixturevalue({"embedded": "embedded", "node": "real"}[request.param])


@pytest.fixture(scope="session")
def contracts(solc):
    """The contracts of this folder, compiled, by name."""
    return {
        name: contract
        for path in sorted((HERE / "contracts").glob("*.sol"))
        for name, contract in compile_solidity(path.read_text()).items()
    }


@pytest.fixture(scope="session")
def peer(tmp_path_factory):
    """Files and values of snarkjs on a circom circuit, after a ceremony of 2^8; see peer/.

    key, initial   its verifying keys (JSON) after and before the contribution to phase 2
    proofs  proof, publicSignals and call (its calldata) of two proofs
    verifier, initial_verifier    the Solidity that it exports for the two keys
    """
    node, modules = shutil.which("node"), HERE.parents[1] / "node_modules"
    if node is None or not (modules / "snarkjs").is_dir():
        pytest.skip("snarkjs is not installed: get node, then `npm ci`")
    out = tmp_path_factory.mktemp("peer")
    circom = modules / "circom2" / "cli.js"
    source, script = HERE / "peer" / "statement.circom", HERE / "peer" / "ceremony.cjs"
    wasm = out / "statement_js" / "statement.wasm"
    for command in (
        [node, circom, source, "--r1cs", "--wasm", "-o", out],
        [node, script, modules / "snarkjs", out / "statement.r1cs", wasm, out],
    ):
        subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 # npm's
    return SimpleNamespace(
        key=out / "final.json",
        initial=out / "initial.json",
        proofs=json.loads((out / "proofs.json").read_text()),
        verifier=(out / "final.sol").read_text(),
        initial_verifier=(out / "initial.sol").read_text(),
    )


@dataclass(frozen=True)
class Judge:
    """Many calls of one deployed contract in one transaction that is only simulated."""

    harness: object
    target: object

    def answers(self, calls: list[bytes], gas: int | list[int] = 1_000_000) -> list[tuple]:
        """(verdict, gas used) of each call: True, False, or the revert's bytes."""
        limits = gas if isinstance(gas, list) else [gas] * len(calls)
        results = []
        for at in range(0, len(calls), 100):
            part = slice(at, at + 100)
            answers = self.harness.call("each", self.target.address, calls[part], limits[part])
            for success, data, used in answers:
                results.append((self._verdict(success, data), used))
        return results

    def verdicts(self, calls: list[bytes]) -> list[bool | bytes]:
        return [verdict for verdict, _ in self.answers(calls)]

    @staticmethod
    def _verdict(success: bool, data: bytes) -> bool | bytes:
        if not success:
            return data
        assert data in (bytes(32), bytes(31) + b"\1"), "neither true nor false"
        return data[-1] == 1


@pytest.fixture(scope="session")
def judge(real, contracts):
    """A Judge of a contract on the real node."""
    harness = real.deploy(contracts, "Harness")
    return lambda target: Judge(harness, target)
