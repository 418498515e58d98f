"""Documents are kept byte for byte, as JSON, for their owner alone."""

from __future__ import annotations

import pytest

from zkpipe.exchange.errors import HomeError
from zkpipe.exchange.home import Home
from zkpipe.ground.errors import FormatError, KindError

TEXT = b'{ "b": 1.50,\n "a": ["\xc3\xa4"] }'


def test_a_document_is_kept_byte_for_byte_and_can_be_replaced(home: Home) -> None:
    home.documents.put("manifest", "main", b"{}")
    home.documents.put("manifest", "main", TEXT)
    assert home.documents.get("manifest", "main") == TEXT
    assert home.documents.names("manifest") == ["main"]
    assert home.documents.all() == [("manifest", "main"), ("schema", "s")]
    assert (home.path / "documents" / "manifest-main.json").read_bytes() == TEXT
    home.documents.erase("manifest", "main")
    home.documents.erase("manifest", "main")
    with pytest.raises(HomeError, match="no document manifest main"):
        home.documents.get("manifest", "main")


@pytest.mark.parametrize("data", [b"", b"{", b"\x00\x01", b"{}{}", b'{"a":NaN}', b'{"a":1,"a":2}'])
def test_what_is_no_json_is_no_document(home: Home, data: bytes) -> None:
    with pytest.raises(FormatError):
        home.documents.put("schema", "t", data)
    assert home.documents.names("schema") == ["s"]


def test_a_document_has_a_kind_a_name_and_bytes(home: Home) -> None:
    for kind, name in (("Schema", "a"), ("schema", "../a"), ("schema", ""), ("sch-ema", "a")):
        with pytest.raises(HomeError, match="of a document has a form"):
            home.documents.put(kind, name, b"{}")
    with pytest.raises(KindError):
        home.documents.put("schema", "a", "{}")  # type: ignore[arg-type] # on purpose
    with pytest.raises(FormatError, match="more than"):
        home.documents.put("schema", "a", b" " * (1 << 23))
