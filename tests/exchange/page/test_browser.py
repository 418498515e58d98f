"""The page in a real browser: nothing runs, nothing overflows, everything can be read and copied.

Needs Chromium (docs/testing.md); without one these tests are skipped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.exchange.page.asking import ask
from tests.exchange.page.browser import Browser, browsing, need_browser
from tests.exchange.page.storied import Storied
from zkpipe.exchange.page.serving import listen

PHONE, DESK = 390, 1280
LISTS = ("/", "/data", "/circuits", "/grants", "/jobs", "/proofs", "/ledger", "/points")
PEOPLE = ("/identities", "/council", "/nothing")
DETAILS = ("/data/", "/circuits/", "/grants/", "/jobs/", "/proofs/", "/ledger/", "/identities/")


@pytest.fixture(scope="module")
def site(page: Any) -> Iterator[str]:
    """The world's page at a real port."""
    need_browser()
    address = listen(0)
    config = uvicorn.Config(page, log_config=None, lifespan="off", ws="none", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [address.socket]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield address.url
    server.should_exit = True
    thread.join(20)
    address.socket.close()


@pytest.fixture(scope="module")
def browser(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("browser")) as found:
        yield found


def paths(page: Any, world: Storied) -> list[str]:
    """All lists, and one page of each kind of detail, with the longest words on it."""
    found = [*LISTS, *PEOPLE, f"/identities/{world.stranger}", f"/data/0x{world.evil.hex()}"]
    found += [f"/data/0x{world.lineage.hex()}", f"/jobs/0x{world.job(world.late_job).hex()}"]
    for start in DETAILS:
        links = ask(page, start.rstrip("/")).links()
        found.append(next(link for link in links if link.startswith(start)))
    return found


WIDE = """
[...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width && !one.closest('.skip, thead') && (box.right > innerWidth + 1 || box.left < -1);
}).map(one => one.tagName + '.' + one.className + ': ' + one.textContent.slice(0, 40))
"""
FAINT = """
(() => {
  const light = text => {
    const [r, g, b] = text.match(/[0-9.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = one => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return light(colour);
    }
    return 1;
  };
  const seen = new Set();
  for (const one of document.querySelectorAll('body *')) {
    const has = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!has || !one.getBoundingClientRect().width || one.closest('.skip, thead')) continue;
    const [a, b] = [light(getComputedStyle(one).color), behind(one)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) seen.add(one.tagName + '.' + one.className + ' ' + ratio.toFixed(2));
  }
  return [...seen];
})()
"""


@pytest.mark.parametrize("code", ["en", "zh"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    page: Any, world: Storied, site: str, browser: Browser, code: str
) -> None:
    browser.shape(PHONE, 844)
    for path in paths(page, world):
        browser.open(f"{site}{path}?lang={code}")
        assert browser.value("document.documentElement.scrollWidth") <= PHONE, path
        assert browser.value("innerWidth") == PHONE
        assert browser.value(WIDE) == [], path


def test_on_a_desk_nothing_is_wider_than_the_window(
    page: Any, world: Storied, site: str, browser: Browser
) -> None:
    for width in (DESK, 1060, 1050, 700):
        browser.shape(width)
        for path in paths(page, world):
            browser.open(f"{site}{path}")
            assert browser.value("document.documentElement.scrollWidth") <= width, (path, width)


@pytest.mark.parametrize("dark", [False, True])
def test_every_word_stands_out_from_what_is_behind_it(
    page: Any, world: Storied, site: str, browser: Browser, dark: bool
) -> None:
    """By a ratio of 4.5 at least (WCAG 2.2, AA)."""
    browser.shape(DESK, dark=dark)
    for path in paths(page, world):
        browser.open(f"{site}{path}")
        assert browser.value(FAINT) == [], path
    is_dark = browser.value("getComputedStyle(document.body).backgroundColor")
    assert (is_dark == "rgb(17, 23, 28)") == dark


def test_nothing_is_blocked_logged_or_run(
    page: Any, world: Storied, site: str, browser: Browser
) -> None:
    """The policy forbids scripts; the page has none, so there is nothing to say."""
    browser.logged.clear()
    for path in paths(page, world):
        if path != "/nothing":
            browser.open(f"{site}{path}")
            assert browser.value("document.scripts.length + document.images.length") == 1
            assert browser.value("document.styleSheets.length") == 1
    assert browser.logged == []


def test_a_script_that_came_in_would_not_run(site: str, browser: Browser) -> None:
    browser.open(f"{site}/")
    browser.value(
        "document.body.insertAdjacentHTML('beforeend', '<img src=/x onerror=\"window.ran=1\">')"
    )
    browser.value(
        "(s => { s.textContent = 'window.ran = 1'; document.body.append(s) })"
        "(document.createElement('script'))"
    )
    time.sleep(0.3)
    assert browser.value("window.ran === undefined") is True


def test_an_id_is_copied_whole(world: Storied, site: str, browser: Browser) -> None:
    browser.shape(DESK)
    browser.open(f"{site}/data")
    wanted = f"0x{world.lineage.hex()}"
    copied = browser.value(
        f"(one => {{ getSelection().selectAllChildren(one); return getSelection().toString() }})"
        f"(document.querySelector('code[title=\"{wanted}\"]'))"
    )
    assert copied == wanted
    width = browser.value(f"document.querySelector('code[title=\"{wanted}\"]').offsetWidth")
    assert width < 200


def test_pages_can_be_gone_through_with_the_keyboard(site: str, browser: Browser) -> None:
    browser.shape(DESK)
    browser.open(f"{site}/")
    for text in ("Skip to the content", "Data exchange", "中文", "Overview", "Data sets"):
        for kind in ("keyDown", "keyUp"):
            browser.tell(
                "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
            )
        assert browser.value("document.activeElement.textContent.trim()") == text


def test_the_pictures_of_the_documentation_are_small(tmp_path: Path) -> None:
    from tests.exchange.page.pictures import FOLDER, PICTURES

    for picture in PICTURES:
        assert 5_000 < (FOLDER / picture.name).stat().st_size < 150_000
