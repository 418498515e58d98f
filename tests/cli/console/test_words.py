"""Whatever the words of a command line are, a command ends with a sentence and status 2."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.workshop import contents, invoke
from tests.long_form import in_turn

DIGITS = "9" * 5000
HOSTILE = {
    "digits": DIGITS,
    "below zero": f"-{DIGITS}",
    "hex": f"0x{'f' * 5000}",
    "fraction": f"1.{'0' * 5000}1",
    "rows": f"0:{DIGITS}",
    "rows from": f"{DIGITS}:",
    "memory": f"{DIGITS}G",
    "not utf-8": os.fsdecode(b"\xff\xfe"),
    "not utf-8, a circuit": os.fsdecode(b"\xff.py"),
    "not utf-8, a name": os.fsdecode(b"square.py:\xff"),
    "empty": "",
    "zero byte": "a\0b",
    "zero byte, a circuit": "a\0b.py",
    "not a number": "nan",
    "infinite": "inf",
    "too large": "1e999",
    "another script": "٣",
    "superscript": "²",
    "long": "a" * 5000,
    "long, a circuit": "a" * 5000 + ".py",
    "long, a name": "square.py:" + "a" * 5000,
    "device": "/dev/null",
    "folder": "/",
    "file as a folder": "square.py/",
    "newline": "\n",
    "terminal": "\x1b[2J",
    "keyword": "contract",
    "type": "uint256",
    "address": "http://[::1",
    "port": "http://localhost:99999",
    "pair": "=",
    "pair not utf-8": os.fsdecode(b"\xff=\xff"),
    "amount": f"{'9' * 40}ether",
    "exponent": "1e5000",
}
COMMANDS = [
    "compile square.py --out build2",
    "info square.zkey",
    "print square.py --rows 0:1",
    "lint build/square.r1cs --sym build/square.sym",
    "witness square.py input.json new.wtns",
    "check square.py square.wtns",
    "setup square.py new.zkey --dev",
    "prove square.zkey square.wtns new.json new2.json --max-memory 1G",
    "verify vkey.json public.json proof.json",
    "export vkey square.zkey new.json",
    "export verifier square.zkey new.sol --name A",
    "export calldata public.json proof.json",
    "deploy verifier.sol new.json --rpc http://127.0.0.1:9 --keystore input.json --password-file "
    "input.json --chain-id 5 --max-fee 1 --gas-price 1 --priority-fee 1 --nonce 1 --timeout 1 "
    "--evm-version paris",
    "verify-onchain deployment.json public.json proof.json --rpc http://127.0.0.1:9",
    "bench run --out new.json --from 12 --to 11 --step 1 --rounds 1 --patience 1 --peer a=/bin/sh",
    "bench report results.json new.html new.md",
]


def variants(words: list[str]) -> list[tuple[int, str]]:
    """Every place of a word that is no option's name, with hostile words: a third each, in turn."""
    first = 2 if words[0] in ("export", "bench") else 1
    places = [i for i in range(first, len(words)) if not words[i].startswith("--")]
    return in_turn(places, list(HOSTILE), each=-(-len(HOSTILE) // 3))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c.split()[:2]))
def test_no_word_is_a_fault_of_ours(command: str, shop: Path) -> None:
    words = command.split()
    before = contents(shop)
    for place, name in variants(words):
        tried = [*words[:place], HOSTILE[name], *words[place + 1 :]]
        result = invoke(*tried)
        assert result.exit_code in (0, 1, 2, 3), (place, name, result.stderr)
        if result.exit_code in (2, 3):
            lines = result.stderr.strip().splitlines()
            assert "error: " in result.stderr, (place, name)
            assert len(lines) >= 2, (place, name)
            assert "Traceback" not in result.stderr
            assert contents(shop) == before, (place, name)
        for path in sorted(shop.rglob("*"), reverse=True):
            if str(path.relative_to(shop)) not in before:
                path.rmdir() if path.is_dir() else path.unlink()


@pytest.mark.parametrize(
    "words",
    [
        "prove square.zkey square.wtns a.json b.json --max-memory {}",
        "print square.py --rows {}:",
        "print square.py --rows :{}",
        "bench run --out new.json --from {}",
        "bench run --out new.json --to {}",
        "bench run --out new.json --step {} --from 8 --to 8 --rounds 0",
        "bench run --out new.json --patience {}",
        "bench run --out new.json --rounds {}",
        "deploy verifier.sol new.json --rpc http://127.0.0.1:9 --chain-id {}",
        "deploy verifier.sol new.json --rpc http://127.0.0.1:9 --max-fee {}",
        "deploy verifier.sol new.json --rpc http://127.0.0.1:9 --timeout {}",
        "deploy verifier.sol new.json --rpc http://127.0.0.1:9 --nonce {}",
        "export verifier square.zkey new.sol --name {}",
    ],
)
def test_a_number_of_5000_digits_is_told_in_a_short_sentence(words: str, shop: Path) -> None:
    result = invoke(*words.format(DIGITS).split())
    assert result.exit_code == 2
    assert len(result.stderr) < 500
    assert result.stderr.startswith("error: ")


@pytest.mark.parametrize("patience", ["nan", "inf", "-1", "0", "1e999", "٣"])
def test_a_patience_that_is_no_time_is_refused(patience: str, shop: Path) -> None:
    result = invoke("bench", "run", "--out", "new.json", "--patience", patience)
    assert result.exit_code == 2
    assert "is not a number of seconds above 0" in result.stderr


def test_a_file_named_in_bytes_that_are_no_text_is_a_file_like_any(shop: Path) -> None:
    name = os.fsdecode(b"\xff\xfe")
    Path("square.zkey").rename(f"{name}.zkey")
    Path("square.py").rename(f"{name}.py")
    made = f"{name}.proof", f"{name}.public"
    assert invoke("prove", f"{name}.zkey", "square.wtns", *made).exit_code == 0
    assert invoke("verify", "vkey.json", made[1], made[0]).exit_code == 0
    assert invoke("compile", f"{name}.py", "--out", f"{name}.build").exit_code == 0
    assert invoke("info", f"{name}.zkey", "--json").exit_code == 0
    assert invoke("export", "verifier", f"{name}.zkey", f"{name}.sol").exit_code == 0
    assert invoke("verify-onchain", f"{name}.sol", made[1], made[0]).exit_code in (0, 3)
