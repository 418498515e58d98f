"""The synopsis in docs/cli.md has every command with its words and options, and no others."""

from __future__ import annotations

import re

import click
import pytest

from tests.docs.mentions import commands
from tests.docs.pages import ROOT, Page

COMMON = {"--json", "--debug"}  # of every command; the page says so below
(SYNOPSIS,) = [
    block.text
    for block in Page.load(ROOT / "docs" / "cli.md").blocks
    if block.text.startswith("zkpipe compile CIRCUIT")
]
SHOWN = re.findall(r"^zkpipe (.*(?:\n +.*)*)", SYNOPSIS, re.MULTILINE)
COMMANDS = commands()
OPTION = re.compile(r"\[?(--[\w-]+)(?: ([A-Z][\w=.:]*))?\]?")


def line_of(name: str) -> str:
    """What stands behind a command, without the words that say what it does."""
    (line,) = [line for line in SHOWN if re.match(rf"{name}(?!-)\b", line)]
    return re.split(r"\s{2,}(?=[a-z])", line.removeprefix(name))[0]


def test_the_synopsis_has_each_command_once() -> None:
    assert len(SHOWN) == len(COMMANDS)
    for name in COMMANDS:
        assert line_of(name) is not None


@pytest.mark.parametrize("name", COMMANDS)
def test_the_synopsis_of_a_command_has_its_options(name: str) -> None:
    takes_a_value = {
        option: not parameter.is_flag
        for parameter in COMMANDS[name].params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    }
    shown = {option: bool(value) for option, value in OPTION.findall(line_of(name))}
    assert shown == {option: takes_a_value[option] for option in set(takes_a_value) - COMMON}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_synopsis_of_a_command_has_its_words(name: str) -> None:
    words = OPTION.sub("", line_of(name)).split()
    arguments = [p for p in COMMANDS[name].params if isinstance(p, click.Argument)]
    assert words == [argument.make_metavar(click.Context(COMMANDS[name])) for argument in arguments]
