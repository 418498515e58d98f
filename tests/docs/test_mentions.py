"""What the pages name is there: names, calls, commands, options, files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.mentions import not_run, wrong
from tests.docs.pages import ROOT, Page, pages

PAGES = pages()
NAMED = [page.name for page in PAGES]
NOT_OURS = {  # what no file of ours has, and why it stands on a page
    "zkpipe/prover": "a kind of delegate",
    "zkpipe/ledger": "a kind of delegate",
    "A11": "a code of the data set as it was published",
    "A12": "a code of the data set as it was published",
    "abi.encode": "Solidity's",
    "abi.encodePacked": "Solidity's",
    "keccak256(abi.encode(to, amount))": "Solidity's",
    "credentials_file": "a setting of Prometheus",
    "process_open_fds": "of Prometheus' client",
    "process_resident_memory_bytes": "of Prometheus' client",
    "zkpipe_jobs_total": "Prometheus' client adds the ending",
    "zkpipe_requests_refused_total": "Prometheus' client adds the ending",
    "build/demo": "made by the demonstration from two parts",
    "made._compilation_chain_init_hook": "an attribute of numba's",
    "prange": "numba's",
    "python -m pytest": "pytest's",
    "unused-output": "made of two parts by lint",
    "zkpipe-bench/1": "a schema, not a path",
    "zkpipe-bench/2": "a schema, not a path",
    "zkpipe-bench/3": "a schema, not a path",
    "zkpipe-bench/4": "a schema, not a path",
    "zkpipe-card/1": "a schema, not a path",
    "zkpipe-card/2": "a schema, not a path",
    "zkpipe-UID": "UID stands for a number",
}


def mentions(page: Page) -> list[tuple[int, str]]:
    return [(line, token.content) for line, token in page.inline if token.type == "code_inline"]


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_what_a_page_names_is_there(page: Page) -> None:
    complaints = [
        f"{page.place.name}:{line}: `{text}`: {complaint}"
        for line, text in mentions(page)
        if text not in NOT_OURS and (complaint := wrong(text, page))
    ]
    assert not complaints, "\n".join(complaints)


def test_every_exception_stands_on_a_page_and_would_fail_there() -> None:
    needed = {t for page in PAGES for _, t in mentions(page) if t in NOT_OURS and wrong(t, page)}
    assert needed == set(NOT_OURS)


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_commands_that_are_not_run_are_there_with_their_options(page: Page) -> None:
    fragments = [b for b in page.blocks if b.fragment and b.language in ("sh", "console")]
    assert not [complaint for block in fragments for complaint in not_run(block, page)]


@pytest.mark.parametrize("page", PAGES, ids=NAMED)
def test_the_tests_and_files_that_a_fragment_names_are_there(page: Page) -> None:
    for block in page.blocks:
        for name in re.findall(r"\btests/[\w/.]*\w", block.fragment or ""):
            assert (ROOT / name).exists(), name


@pytest.mark.parametrize(
    "layer", ["accel", "circuits", "prover", "verifier_contracts", "benchmarks"]
)
def test_every_module_that_a_layers_page_names_is_there(layer: str) -> None:
    page = (ROOT / "docs" / f"{layer}.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| module \|.*\n((?:\|.*\n)+)", page, re.MULTILINE)
    rows = re.findall(r"^\| ((?:`[\w/]+`(?:, )?)+) \|", "".join(tables), re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([\w/]+)`", row)]
    modules = [name for name in named if name.islower()]
    assert len(modules) >= 5
    for name in modules:
        place = ROOT / layer / name
        assert place.is_dir() or place.with_suffix(".py").is_file(), name


WRONG = {
    "zkpipe.accel.msm.multi_scalar.window_bit": "is not there",
    "circuits.gadget": "is not there",
    "Chain.embeded()": "is not there",
    "witness.public_at(key)": "is not there",
    "error.explains()": "is not there",
    "sending.Keepers": "is not there",
    "functools.caches": "is not there",
    "prove(key, witness, memory=1)": "no prove takes this",
    "verify_batch(key, proofs, publics, 4)": "no verify_batch takes this",
    "accepts(circuit, inputs, output=None)": "no accepts takes this",
    "prover.precomputed(key)": "is not there",
    "precomputed_all(key)": "is not there",
    "ConstraintSystems": "no such name",
    "ZKPIPE_SOLCS": "no such name",
    "needless-widths": "no such name",
    "test_nothing_is_tested": "no such name",
    "zkpipe proof": "no such command",
    "zkpipe bench runs": "no such command",
    "zkpipe setup square.py --devel": "setup has no --devel",
    "zkpipe verify --show-values": "verify has no --show-values",
    "bench run --fast": "bench run has no --fast",
    "--fastest": "no command has --fastest",
    "--max-fee --fastest": "no command has --fastest",
    "pytest --seed N": "no such option",
    "make tests": "no such target",
    "python benchmarks/speed.py": "no such program",
    "python -m tests.messages.collected": "no such program",
    "prover/groth16/proof.py": "no such file",
    "language/types/": "no such file",
    "scorecards.json": "no such file",
    "build/nothing": "no such file",
}
RIGHT = (
    *(
        "zkpipe.accel.msm.window_size.window_bits",
        "zkpipe.circuits.gadgets",
        "Chain.embedded()",
        "witness.public_for(key)",
    ),
    *("error.explain()", "functools.cache", "prove(key, witness, max_memory=1)", "max()", "for"),
    *(
        "prove(..., max_memory=)",
        "zkpipe setup square.py --dev",
        "bench run --quick",
        "zkpipe bench",
    ),
    *("pytest --circuit-seed N", "make test", "x * 0.1", "in * inv === 1 - out", "@circuit"),
    *(
        "language/values/types",
        "prover/groth16/prove.py",
        "scorecard.json",
        "UInt[8]",
        "x in values",
    ),
)


@pytest.mark.parametrize(("text", "says"), WRONG.items(), ids=WRONG)
def test_a_mention_of_what_is_not_there_is_found(text: str, says: str) -> None:
    page = Page(ROOT / "docs" / "circuits.md", f"`{text}`")
    assert says in str(wrong(text, page))


@pytest.mark.parametrize("text", RIGHT)
def test_a_mention_of_what_is_there_passes(text: str) -> None:
    assert wrong(text, Page(ROOT / "docs" / "circuits.md", f"`{text}`")) is None


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("make tests", "no such target"),
        (".venv/bin/python examples/credit/fit.py", "no such program"),
        ("zkpipe bench run --out r.json --fast  # hours", "bench run has no --fast"),
        ("zkpipe bench run --out r.json \\\n    --fast", "bench run has no --fast"),
        ("zkpipe measure", "no such command"),
    ],
)
def test_a_command_that_is_not_run_is_read_all_the_same(command: str, says: str) -> None:
    source = f"<!-- fragment: why -->\n```sh\n{command}\n```\n"
    page = Page(ROOT / "docs" / "page.md", source)
    (complaint,) = not_run(page.blocks[0], page)
    assert says in complaint


def test_anchors_are_those_that_github_makes() -> None:
    page = Page(Path("x.md"), "# A `zkpipe` page: what?\n\n## The end\n\n## The end\n")
    assert page.anchors == {"a-zkpipe-page-what", "the-end", "the-end-1"}
