"""The texts of errors are as the files beside this one have them, and read as sentences.

A change of a message shows in a file of texts, so whoever reads the change reads the message.
"""

from __future__ import annotations

import re

import pytest

from tests.messages.collect import HERE, LAYERS, ROOT, texts

AT_TERMINALS = ("cli", "prover", "verifier_contracts")  # their errors are shown as they are
NOT_SENTENCES = (
    "cli.machine.diagnosis: ",  # the lines of `zkpipe doctor`
    "cli.console.words: ",  # click says whose value is wrong before them
)
BEGINS = re.compile(
    r"[A-Z{`-]|(setup|prove|verify|verify_batch|prove_batch|compile_solidity|solc|anvil) "
)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_texts_are_those_of_the_file(layer):
    stored = (HERE / f"{layer}.txt").read_text(encoding="utf-8").splitlines()
    assert texts(layer) == stored, "Read the difference; then: python -m tests.messages.collect"


@pytest.mark.parametrize("layer", AT_TERMINALS)
def test_an_error_is_sentences(layer):
    odd = []
    for line in texts(layer):
        text = line.partition(": ")[2]
        parts = text.split(" | ")
        sentences = all(BEGINS.match(part) and part.endswith((".", "?", "}")) for part in parts)
        if not sentences and not line.startswith(NOT_SENTENCES):
            odd.append(line)
    assert odd == []


def test_no_layer_is_left_out():
    links = {path.name for path in (ROOT / "src" / "zkpipe").iterdir() if path.is_symlink()}
    assert links == set(LAYERS)
