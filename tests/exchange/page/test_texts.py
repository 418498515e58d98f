"""The page's languages: the same texts in each, and no text elsewhere."""

from __future__ import annotations

import re
from enum import IntEnum
from string import Formatter

import pytest

from zkpipe.exchange import states
from zkpipe.exchange.evidence.proofs import STEP_WORDS, UPDATE_NAMES
from zkpipe.exchange.page.checking import Judge
from zkpipe.exchange.page.language import ONE, languages, wanted
from zkpipe.exchange.page.rendering import FOLDER, environment
from zkpipe.exchange.page.views.look import UNKNOWN, key_of
from zkpipe.exchange.page.views.uses import HAPPENINGS

TEMPLATES = sorted(FOLDER.rglob("*.html"))
CODES = tuple(languages())
ENGLISH = languages()["en"].texts
CHINESE = re.compile("[\u4e00-\u9fff]")
SAME = ("ledger.l0", "ledger.l1", "ledger.l2", "ledger.l3", "identities.did", "grant.used")
BUILT = re.compile(
    r"(nav|limits|verdict|judge|proofs\.how|public|action|kind|circuits\.(?:provenance|says)|ledger\.l|status|level|stage|event)"
    r"(\.[A-Za-z_0-9]+)*"
)


def places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


def test_all_languages_have_the_same_keys_but_for_the_singular() -> None:
    assert CODES == ("en", "zh")
    for code in CODES[1:]:
        other = languages()[code].texts
        assert set(other) <= set(ENGLISH)
        assert all(key.endswith(ONE) for key in set(ENGLISH) - set(other))
    for key in ENGLISH:
        assert not key.endswith(ONE) or key.removesuffix(ONE) in ENGLISH


def test_a_text_has_the_same_places_in_all_languages() -> None:
    for code in CODES[1:]:
        for key, text in languages()[code].texts.items():
            assert places(text) == places(ENGLISH[key]), key


def test_chinese_texts_are_chinese_and_english_ones_are_not() -> None:
    for key, text in languages()["zh"].texts.items():
        signs = re.sub(r"\{\w+\}", "", text)
        assert key in SAME or CHINESE.search(signs) or not re.search("[A-Za-z]", signs), key
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]", signs), key  # full-width stops
        assert not CHINESE.search(ENGLISH[key]), key


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_template_has_no_text_of_its_own(path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
    for attribute in ("aria-label", "title", "alt", "placeholder", "content", "data-label"):
        for value in re.findall(rf'\s{attribute}="([^"]*)"', text):
            assert value in ("", "width=device-width, initial-scale=1", "light dark")
    seen = re.sub(r"<[^>]*>", "", text)
    assert not re.search(r"[^\W\d_]", seen), re.findall(r"\S*[^\W\d_]\S*", seen)


def test_each_key_is_used_and_each_that_is_used_is_there() -> None:
    source = "".join(path.read_text() for path in TEMPLATES)
    quoted = set(re.findall(r'"([a-z_]+(?:\.[A-Za-z_0-9]+)*)"', source))
    called = set(re.findall(r'\b(?:t|counted|badge|note)\("([a-z_.0-9]+)"[,)]', source))
    assert called <= set(ENGLISH)
    words = {UNKNOWN} | {key_of(kind, member) for kind in enums() for member in kind}
    words |= {f"{word}.text" for word in words if word.startswith("level.")}
    for key in ENGLISH:
        stem = key.removesuffix(ONE)
        assert stem in quoted | words or BUILT.fullmatch(stem), f"{key} is not used"


def enums() -> list[type[IntEnum]]:
    found = [one for one in vars(states).values() if isinstance(one, type)]
    return [one for one in found if issubclass(one, IntEnum) and one is not IntEnum]


def test_every_state_kind_level_and_stage_has_a_word() -> None:
    assert len(enums()) == 8
    for kind in enums():
        for member in kind:
            assert key_of(kind, member) in ENGLISH
        assert key_of(kind, 250) == "unknown"
    for level in states.Level:
        assert f"{key_of(states.Level, level)}.text" in ENGLISH
    for name in (*HAPPENINGS, "other"):
        assert f"event.{name}" in ENGLISH
    for judge in Judge:
        assert f"judge.{judge}" in ENGLISH
        assert f"proofs.how.{judge}" in ENGLISH
    for name in {*STEP_WORDS, *UPDATE_NAMES}:
        assert f"public.{name.replace(' ', '_')}" in ENGLISH


def test_what_is_written_in_a_template_is_escaped() -> None:
    assert environment().autoescape is True
    assert not [path for path in TEMPLATES if re.search(r"\|\s*safe|autoescape", path.read_text())]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.2, zh-Hant-TW;q=0.7", "zh"),
        ("fr, de;q=0.9", "en"),
        ("fr, zh;q=0.1", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=5", "en"),
        ("*", "en"),
        ("\u0000;;;,,q=1,zh;q=" + "9" * 5000, "en"),
        ("a" * 100_000, "en"),
    ],
)
def test_the_browser_gets_the_language_it_prefers(header: str, code: str) -> None:
    assert wanted(header).code == code
