"""Who may ask what: only to read, only of this machine, in a browser that stays strict."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.page.asking import HOST, ask

PATHS = ("/", "/data", "/proofs", "/style.css", "/nothing")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
)
def test_only_get_and_head_are_answered(page: Any, path: str, method: str) -> None:
    answer = ask(page, path, method)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_the_body(page: Any, path: str) -> None:
    got, head = ask(page, path), ask(page, path, "HEAD")
    assert head.status == got.status
    assert head.headers["content-type"] == got.headers["content-type"]
    assert set(head.headers) == set(got.headers)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (HOST, 200),
        ("localhost:8471", 200),
        ("127.0.0.1", 200),
        ("exchange.example", 400),
        ("127.0.0.1.exchange.example", 400),
        ("0.0.0.0:8471", 400),
        ("192.168.0.7:8471", 400),
        ("", 400),
    ],
)
def test_a_name_that_was_led_here_is_refused(page: Any, host: str, status: int) -> None:
    assert ask(page, "/", headers={"host": host}).status == status


@pytest.mark.parametrize("path", [*PATHS, "/data?lang=zh"])
def test_every_answer_keeps_the_browser_strict(page: Any, path: str) -> None:
    for answer in (
        ask(page, path),
        ask(page, path, "POST"),
        ask(page, path, headers={"host": "x"}),
    ):
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["style-src"] == policy["img-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert set(policy) <= {
            *("default-src", "style-src", "img-src", "frame-ancestors", "base-uri", "form-action"),
        }
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in answer.headers
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/data/",
        "/data/0x00",
        "/data/" + "0x" + "0" * 64,
        "/data/0x" + "0" * 63 + "G",
        "/jobs/<script>alert(1)</script>",
        "/jobs/" + "0x" + "1" * 64,
        "/grants/0x" + "A" * 64,
        "/circuits/0x" + "2" * 64,
        "/ledger/0x" + "3" * 40,
        "/identities/0x12",
        "/identities/me",
        "/proofs/1-2-3",
        "/proofs/-1-2-3",
        "/proofs/" + "9" * 400,
        "/../../etc/passwd",
        "/texts/en.json",
        "/templates/base.html",
        "/data/0x\u0660" + "0" * 63,
        "/\u202e/\n",
    ],
)
def test_what_is_not_there_is_not_found(page: Any, path: str) -> None:
    for query in ("", "?lang=zh"):
        answer = ask(page, path + query)
        assert answer.status == 404
        assert answer.tree is not None
        assert "<script" not in answer.text


@pytest.mark.parametrize("number", ["0", "-1", "99999999999", "x", "1e3", "2", "\u0661", ""])
def test_any_part_of_a_list_can_be_asked_for(page: Any, number: str) -> None:
    assert ask(page, f"/identities?page={number}").status == 200


def test_the_language_is_the_links_else_the_browsers(page: Any) -> None:
    chinese = {"accept-language": "zh-CN,zh;q=0.9"}
    for path, headers, tag in [
        ("/", {}, "en"),
        ("/", chinese, "zh-Hans"),
        ("/?lang=en", chinese, "en"),
        ("/?lang=zh", {}, "zh-Hans"),
        ("/?lang=fr", chinese, "zh-Hans"),
        ("/nothing", chinese, "zh-Hans"),
    ]:
        answer = ask(page, path, headers=headers)
        assert answer.tree.get("lang") == answer.headers["content-language"] == tag
        assert "accept-language" in answer.headers["vary"].lower()
    kept = [link for link in ask(page, "/?lang=zh").links() if link.startswith("/data")]
    assert kept
    assert all("lang=zh" in link for link in kept)
    assert not any("lang=" in link for link in ask(page, "/").links() if link.startswith("/data"))
