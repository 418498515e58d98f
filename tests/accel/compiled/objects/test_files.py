"""Machine code is taken only where nobody else can have written it, and only whole."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accel.compiled.objects import texts
from tests.accel.compiled.objects.collected import KEY, bound, collected
from tests.accel.compiled.objects.spoils import SPOILS
from zkpipe.accel.compiled import kernel_folders
from zkpipe.accel.compiled.kernel_folders import kernel_cache
from zkpipe.accel.compiled.objects import opened as opening
from zkpipe.accel.compiled.objects.files import Found, alone, find, place
from zkpipe.accel.compiled.objects.index import BadIndex, Index, decode, encode
from zkpipe.accel.compiled.objects.opened import Opened, load
from zkpipe.ground.files import ownership, writing
from zkpipe.ground.files.reading import FileError

ODD = (texts.is_odd, (5,))
MORE = (texts.largest, (texts.np.uint64(5),))
Made = tuple[Index, bytes]


@pytest.fixture(scope="module")
def one() -> Made:
    return collected(ODD)


@pytest.fixture(scope="module")
def two() -> Made:
    return collected(ODD, MORE)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("zkpipe.ground.files.cache_folders.TEMPORARY", ())
    monkeypatch.setattr(kernel_folders, "_opened", set())
    return kernel_cache() / KEY


def there() -> Found:
    found = find(KEY)
    assert found is not None
    return found


def as_another_process() -> None:
    kernel_folders._opened.clear()


def test_what_was_placed_is_found_and_runs(cache: Path, one: Made) -> None:
    assert find(KEY) is None
    assert place(*one)
    found = there()
    assert (found.contents, found.code()) == one
    assert [p.stat().st_mode & 0o077 for p in (cache, *cache.iterdir())] == [0, 0, 0]
    here = Opened(found.contents, load(str(found.path), found.code))
    assert bound(here, *ODD)((5,)) is True


def code_of(cache: Path) -> Path:
    [path] = cache.glob("*.so")
    return path


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("which", ["code", "index"])
def test_a_file_that_is_damaged_or_another_s_is_not_taken(
    cache: Path, one: Made, spoil: Callable[[Path], None], which: str
) -> None:
    place(*one)
    spoil(code_of(cache) if which == "code" else cache / "index.json")
    assert find(KEY) is None


def test_files_of_a_user_whom_nobody_trusts_are_not_taken(
    cache: Path, one: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(*one)
    monkeypatch.setattr(ownership, "_trusted", lambda: frozenset({12345}))
    as_another_process()
    assert find(KEY) is None


@pytest.mark.parametrize("above", [0, 1, 2], ids=["its folder", "one above", "two above"])
@pytest.mark.parametrize("mode", [0o770, 0o777], ids=["group", "all"])
def test_files_where_others_could_have_put_them_are_not_taken(
    cache: Path, one: Made, above: int, mode: int
) -> None:
    place(*one)
    (cache, *cache.parents)[above].chmod(mode)
    as_another_process()
    assert find(KEY) is None


def test_files_that_were_made_for_something_else_are_not_taken(cache: Path, one: Made) -> None:
    """Of another processor, say, copied into the folder of this one."""
    place(*one)
    other = "f" * 20
    cache.rename(cache.with_name(other))
    assert find(other) is None
    assert find(KEY) is None


def test_an_index_does_not_lead_out_of_its_folder(cache: Path, one: Made) -> None:
    index, code = one
    place(index, code)
    outside = cache.parent / f"{index.digest}.so"
    code_of(cache).rename(outside)
    (cache / "index.json").write_bytes(encode(index._replace(digest=f"../{index.digest}")))
    assert find(KEY) is None


def test_of_two_places_the_one_with_more_kernels_is_taken(
    cache: Path, one: Made, two: Made, tmp_path: Path
) -> None:
    """As where an image brings some in a folder that can only be read, and a user adds to them."""
    place(*one)
    second = tmp_path / "temporary" / f"zkpipe-{os.geteuid()}" / "kernels" / KEY
    second.parent.mkdir(parents=True, mode=0o700)
    cache.rename(second)
    place(*two)
    as_another_process()
    found = there()
    assert found.path.parent == cache
    (middle := cache.with_name("middle")).mkdir()
    for path in cache.iterdir():
        path.rename(middle / path.name)
    for path in second.iterdir():
        path.rename(cache / path.name)
    for path in middle.iterdir():
        path.rename(second / path.name)
    found = there()
    assert found.path.parent == second


def test_what_is_replaced_is_removed_and_goes_on_where_it_is_open(
    cache: Path, one: Made, two: Made
) -> None:
    place(*one)
    found = there()
    here = Opened(found.contents, load(str(found.path), found.code))
    place(*two)
    assert code_of(cache).stem == two[0].digest
    assert bound(here, *ODD)((5,)) is True
    found = there()
    assert found.contents == two[0]


def test_a_process_that_is_killed_between_two_files_leaves_those_before(
    cache: Path, one: Made, two: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(*one)
    put = writing.place_file

    def dies(path: Path, data: bytes) -> None:
        if path.name == "index.json":
            raise KeyboardInterrupt
        put(path, data)

    monkeypatch.setattr(writing, "place_file", dies)
    with pytest.raises(KeyboardInterrupt):
        place(*two)
    found = there()
    assert found.contents == one[0]
    monkeypatch.undo()


def test_what_a_killed_process_left_unfinished_goes_with_the_next_files(
    cache: Path, one: Made, two: Made
) -> None:
    place(*one)
    names = (f".{two[0].digest}.so", ".index.json")
    left = [cache / f"{name}.0123456789abcdef.part" for name in names]
    for path in left:
        path.write_bytes(bytes(100))
    place(*two)
    assert [path for path in left if path.exists()] == []
    assert there().contents == two[0]


def test_a_full_disk_leaves_the_next_place(
    cache: Path, one: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = writing.place_file

    def full(path: Path, data: bytes) -> None:
        if path.is_relative_to(tmp_path / "cache"):
            raise FileError("No space left on device.", "Make room.")
        put(path, data)

    monkeypatch.setattr(writing, "place_file", full)
    assert place(*one)
    found = there()
    assert found.path.is_relative_to(tmp_path / "temporary")


def test_two_that_write_at_once_never_leave_an_index_without_its_code(
    cache: Path, one: Made, two: Made
) -> None:
    place(*one)
    ends = threading.Event()

    def write(made: Made) -> None:
        while not ends.is_set():
            with alone(KEY):
                place(*made)

    threads = [threading.Thread(target=write, args=(made,)) for made in (one, two)]
    for thread in threads:
        thread.start()
    try:
        found = [find(KEY) for _ in range(60)]
    finally:
        ends.set()
        for thread in threads:
            thread.join()
    assert all(each is not None for each in found)
    assert {each.contents.digest for each in found if each} <= {one[0].digest, two[0].digest}
    assert len(list(cache.glob("*.so"))) == 1


def test_code_that_may_not_be_mapped_is_put_into_memory(
    cache: Path, one: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a file system that is mounted noexec: dlopen says so."""
    place(*one)
    whole, asked = opening.ctypes.CDLL, []

    def refuses(name: Any, **named: Any) -> Any:
        asked.append(name)
        if name is not None:
            raise OSError(f"{name}: failed to map segment from shared object")
        return whole(name, **named)

    monkeypatch.setattr(opening.ctypes, "CDLL", refuses)
    found = there()
    here = Opened(found.contents, load(str(found.path), found.code))
    assert asked == [str(found.path), None]
    assert bound(here, *ODD)((5,)) is True


MOUNTED = """
mount -t tmpfs -o noexec,mode=0700 none "$1" && cp "$2" "$1/a.so" && exec "$3" -c '
import ctypes, pathlib, sys
from zkpipe.accel.compiled.objects import opened
path = pathlib.Path(sys.argv[1], "a.so")
try:
    ctypes.CDLL(str(path))
except OSError:
    print("refused")
print(opened.load(str(path), path.read_bytes) % 4096)
' "$1"
"""


def test_a_file_system_that_is_mounted_noexec(cache: Path, one: Made, tmp_path: Path) -> None:
    place(*one)
    (mount := tmp_path / "mount").mkdir()
    words = ["unshare", "--mount", "sh", "-c", MOUNTED, "sh", mount, code_of(cache), sys.executable]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip("file systems cannot be mounted here")
    assert done.stdout.split() == ["refused", "0"]


# --- the index


def test_an_index_is_read_as_it_was_written(two: Made) -> None:
    index = two[0]._replace(left={"a": "why"}, exceptions={5: ("ValueError", ("x", 3))})
    assert decode(encode(index)) == index


@given(data=st.binary(max_size=200))
def test_any_bytes_are_no_index(data: bytes) -> None:
    for each in (data, signed(data)):
        with pytest.raises(BadIndex):
            decode(each)


def signed(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 1 << 70) | st.text(max_size=5) | st.just("q"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@given(name=st.sampled_from(["format", *Index._fields, "more"]), value=VALUES)
def test_an_index_of_another_form_is_refused_or_has_the_right_types(name: str, value: Any) -> None:
    fields = json.loads(encode(Index(KEY, "a" * 64, 9, {}, {}, {})).partition(b"\n")[2])
    fields[name] = value
    try:
        index = decode(signed(json.dumps(fields).encode()))
    except BadIndex:
        return
    assert isinstance(index.key, str)
    assert isinstance(index.digest, str)
    assert all(0 <= entry.offset < index.size for entry in index.kernels.values())
    assert decode(encode(index)) == index
