"""Files held against the JSON schemas in docs/schemas, by jsonschema's word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check_fit(name: str, files: Sequence[dict[str, Any]]) -> None:
    """That real files are as their schema says."""
    check = validator(name)
    assert files
    for value in files:
        assert list(check.iter_errors(value)) == []


WRONG = (None, 5.5, "?", [1])


def check_refusals(name: str, value: dict[str, Any], *, wrong: object = None) -> None:
    """That a schema refuses a file with a field more, or less, or of another kind.

    wrong  a value that no field of the file takes, besides those that none takes anywhere
    """
    check = validator(name)
    assert not check.is_valid({**value, "more": 1})
    for field in check.schema["required"]:
        assert not check.is_valid({key: part for key, part in value.items() if key != field})
    for field in value:
        for other in (*WRONG, wrong):
            assert not check.is_valid({**value, field: other}), field
