"""Text of others, made harmless."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.page.storied import HOSTILE, LONG, NO_TEXT, TOWER, TURNED
from zkpipe.exchange.page.plain import LONGEST, shown, shown_bytes, shown_name

# Unicode's Bidi_Control, and what else turns, hides or ends a line.
CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u2028\u2029\u0000\u0007\u001b\u0085\U000e0041\ue000"


@given(st.text(alphabet=st.characters(), max_size=400))
def test_nothing_invisible_or_turning_is_left(text: str) -> None:
    made = shown(text)
    assert not set(made) & set(CONTROLS + UNSEEN)
    assert all(unicodedata.category(sign)[0] not in "CZ" or sign == " " for sign in made)
    assert len(made) <= LONGEST + 1
    assert shown_bytes(text.encode("utf-8", "surrogatepass")) is not None


def test_each_control_is_shown_by_its_number() -> None:
    for sign in CONTROLS + UNSEEN:
        assert shown(f"a{sign}b") == f"a[U+{ord(sign):04X}]b"


def test_words_of_all_languages_stay() -> None:
    for text in ("Visits, 就诊记录", "\u0645\u0631\u062d\u0628\u0627", "naïve", "e\u0301", "हिन्दी"):
        assert shown(text) == text


def test_towers_are_cut_and_long_texts_too() -> None:
    assert shown(TOWER).startswith("z\u0301\u0301[U+0301][U+0301]")
    assert shown(TOWER).endswith("…")
    assert shown(LONG) == "x" * LONGEST + "…"
    assert shown("x" * LONGEST) == "x" * LONGEST


def test_bytes_that_are_no_text_are_hexadecimal() -> None:
    assert shown_bytes(NO_TEXT) == "0x" + NO_TEXT.hex()
    assert shown_bytes(b"\xed\xa0\x80") == "0xeda080"  # a surrogate
    assert shown_name(b"did/pub".ljust(32, b"\0")) == "did/pub"
    assert "[U+202E]" in shown_bytes(TURNED.encode())
    assert all(shown_bytes(text.encode()) for text in HOSTILE)
