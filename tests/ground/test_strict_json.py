from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import is_decimal, parse_json, read_json, write_json

LEAVES = st.none() | st.booleans() | st.integers(-(10**70), 10**70) | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner)
)

REFUSED = {
    "empty": b"",
    "blank": b" \n",
    "no JSON": b"x = 1",
    "two values": b"1 2",
    "cut short": b'{"a": [1, 2',
    "a string without its end": b'["abc',
    "a backslash at the end": b'"\\',
    "a trailing comma": b"[1, 2,]",
    "a comment": b"[1] // one",
    "single quotes": b"{'a': 1}",
    "a name without quotes": b"{a: 1}",
    "a name twice": b'{"a": 1, "b": 2, "a": 1}',
    "a name twice by an escape": b'{"a": 1, "\\u0061": 2}',
    "a name twice deep inside": b'[{"x": {"a": 1, "a": 2}}]',
    "NaN": b"[NaN]",
    "Infinity": b"[Infinity]",
    "minus Infinity": b"[-Infinity]",
    "a point": b"[1.5]",
    "an exponent": b"[1e5]",
    "an exponent that is not an integer": b"[1E-5]",
    "a leading zero": b"[01]",
    "a plus": b"[+1]",
    "hexadecimal": b"[0x10]",
    "an underscore": b"[1_0]",
    "digits of another script": "[١٢]".encode(),
    "an integer of 80 digits": b"[" + b"1" * 80 + b"]",
    "an integer of 10^7 digits": b"[" + b"1" * 10**7 + b"]",
    "nested 33 deep": b"[" * 33 + b"]" * 33,
    "nested 10^5 deep": b"[" * 10**5 + b"]" * 10**5,
    "objects nested 10^5 deep": b'{"a":' * 10**5 + b"1" + b"}" * 10**5,
    "a nest without end": b"[" * 10**6,
    "a byte order mark": b"\xef\xbb\xbf[1]",
    "UTF-16": '["a"]'.encode("utf-16"),
    "UTF-16 without a mark": '["a"]'.encode("utf-16-le"),
    "no UTF-8": b'["\xff"]',
    "an overlong encoding": b'["\xc0\xaf"]',
    "half a surrogate pair": b'["\\ud800"]',
    "half a pair in a name": b'{"\\udfff": 1}',
    "a control character in a string": b'["a\x01"]',
    "a zero byte": b"[1]\0",
    "over the size": b"[" + b" " * (1 << 26) + b"]",
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(name: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_json(REFUSED[name], "input.json")
    assert "input.json" in caught.value.problem
    assert len(str(caught.value)) < 300


@given(VALUES)
def test_reads_what_the_standard_reader_reads(value: object) -> None:
    assert parse_json(json.dumps(value).encode(), "x") == value
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    assert parse_json(text, "x") == json.loads(text)


@given(st.binary(max_size=60) | st.text('[]{}",:\\u1de80a ', max_size=60).map(str.encode))
def test_any_bytes_give_a_value_or_a_format_error(data: bytes) -> None:
    try:
        value = parse_json(data, "x")
    except FormatError:
        return
    assert value == json.loads(data)


def test_brackets_in_strings_are_not_depth() -> None:
    assert parse_json(b'["' + b"[" * 1000 + b'\\"[["]', "x") == ["[" * 1000 + '"[[']


def test_whole_surrogate_pairs_are_text() -> None:
    assert parse_json(b'["\\ud83d\\ude00"]', "x") == ["😀"]


def test_floats_pass_where_they_are_asked_for_but_not_infinite_ones() -> None:
    assert parse_json(b"[1.5, -2e3, 7]", "x", floats=True) == [1.5, -2000.0, 7]
    for text in (b"[1e400]", b"[NaN]", b"[Infinity]"):
        with pytest.raises(FormatError):
            parse_json(text, "x", floats=True)


def test_no_error_shows_a_value() -> None:
    broken = (b"}", b"\xff}", b', "x": "\\ud800"}')
    cut = b'{"age": 4242'
    for text in (b'{"age": 4242.5}', cut, *(b'{"age": 4242' + b"0" * 90 + end for end in broken)):
        with pytest.raises(FormatError) as caught:
            parse_json(text, "input.json")
        error: BaseException | None = caught.value
        while error is not None:
            assert "4242" not in f"{error} {error.args}"
            error = error.__cause__


@pytest.mark.parametrize("text", ["0", "1", "10", "9" * 78])
def test_canonical_decimals_are_taken(text: str) -> None:
    assert is_decimal(text)


@pytest.mark.parametrize(
    "text",
    ["", "-1", "+1", "01", "00", " 1", "1 ", "1\n", "1_0", "0x1", "1e5", "1.0", "١٢", "9" * 79],
)
def test_no_other_digits_are_taken(text: str) -> None:
    assert not is_decimal(text)


def test_what_is_written_comes_back_and_ends_in_a_newline(tmp_path: Path) -> None:
    value = {"a": [1, "2", None, True], "é": {}}
    write_json(tmp_path / "a.json", value)
    assert read_json(tmp_path / "a.json") == value
    assert (tmp_path / "a.json").read_bytes().endswith(b"}\n")


FIXES = {  # a text as people write it, and what they are told to do
    '{"a": 1, // one\n"b": 2}': "no comments",
    '{"a": 1, /* one */ "b": 2}': "no comments",
    '# the inputs\n{"a": 1}': "no comments",
    '{"a": 1 # one\n}': "no comments",
    '{"a": 1,}': "the comma before the bracket",
    '{"a": [1, 2,]}': "the comma before the bracket",
    '{"a": [1, 2, \n ] }': "the comma before the bracket",
    '{"a": }': "write the value that is missing",
    "{'a': 1}": "straight double quotes",
    "{\u201ca\u201d: 1}": "straight double quotes",
    "{\"a\": 'x'}": "straight double quotes",
    "{a: 1}": "names in double quotes",
    '{"a": 1, b: 2}': "names in double quotes",
    '{"a": x}': "Write texts in double quotes.",
    '{"a": None}': "Write null.",
    '{"a": True}': "Write true.",
    '{"a": [False]}': "Write false.",
    '{"a": nan}': "Give a number.",
    '{"a": -inf}': "Give a number.",
    '{"a": 0x1f}': '"0x1f"',
    '{"a": 1_000}': "digits alone",
    '{"a": 12n}': "digits alone",
    '{"a": 5kg}': "digits alone",
    '{"a": 010}': "without leading zeros",
    '{"a": +1}': "no plus sign",
    '{"a": .5}': "a digit first",
    '{"a": 1.}': "a digit behind the point",
    '{"a": 1 "b": 2}': "a comma between the two",
    '{"a": [1, 2': "ends too early",
    '{"a": "x': "ends too early",
    '{"a"': "ends too early",
    '{"a": 1} {"a": 2}': "what follows the first value",
    '{"a": 1}\0': "Save it as UTF-8.",
    '{"a": "x\ny"}': "for a new line in a text",
    " \n ": "Make the file again, or write JSON into it",
    "a = 1": "Write JSON",
    "a: 1\nb: 2": "Write JSON",
    "a,b\n1,2": "Write JSON",
}


@pytest.mark.parametrize("text", FIXES)
def test_what_is_told_is_for_what_stands_there(text: str) -> None:
    with pytest.raises(FormatError, match="is not JSON") as caught:
        parse_json(text.encode(), "x.json", floats=True)
    assert FIXES[text] in caught.value.fix


@pytest.mark.parametrize("magic", [b"\x1f\x8b\x08", b"PK\x03\x04", b"BZh9"])
def test_what_is_compressed_is_told(magic: bytes) -> None:
    with pytest.raises(FormatError, match="is compressed"):
        parse_json(magic + bytes(20), "x.json")


@pytest.mark.parametrize("magic", [b"zkey", b"wtns", b"r1cs", b"ptau"])
def test_a_binary_file_is_told_for_what_it_is(magic: bytes, tmp_path: Path) -> None:
    """Whatever stands behind its first bytes, and also if it is larger than any JSON may be."""
    for rest in (b"\x01\0\0\0", b"\xff" * 100, b"[" * 1000):
        with pytest.raises(FormatError, match=rf"is a .*\(\.{magic.decode()}\), not JSON"):
            parse_json(magic + rest, "it")
    (tmp_path / "large").write_bytes(magic + bytes(1000))
    with pytest.raises(FormatError, match="not JSON"):
        read_json(tmp_path / "large", limit=100)
