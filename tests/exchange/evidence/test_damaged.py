"""Whatever happens to a bundle's files, verifying it says no, and names the place."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.evidence.conftest import Bundle
from tests.long_form import IS_LONG
from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence import verify, verify_events
from zkpipe.exchange.evidence.folder import LARGEST, LISTING

FLIPS = 300  # in the suite; the long form flips a bit of every byte


@pytest.fixture
def copy(bundle: Bundle, tmp_path: Path) -> Path:
    return shutil.copytree(bundle.path, tmp_path / "copy")


def files(path: Path) -> list[Path]:
    return sorted(one for one in path.rglob("*") if one.is_file())


def refused(path: Path, anchor: str) -> BundleError:
    with pytest.raises(BundleError) as error:
        verify(path, anchor)
    assert error.value.exit_status == 1
    return error.value


def flips(path: Path) -> Iterator[tuple[Path, int, int]]:
    """Files, with the place and the bit to flip in each."""
    chance = random.Random(17)  # noqa: S311 # a test's
    sizes = {file: file.stat().st_size for file in files(path)}
    if IS_LONG:
        for file, size in sizes.items():
            for place in range(size):
                yield file, place, chance.randrange(8)
        return
    for file, size in sizes.items():  # each file once, then bytes of all
        yield file, chance.randrange(size), chance.randrange(8)
    for _ in range(FLIPS - len(sizes)):
        place = chance.randrange(sum(sizes.values()))
        for file, size in sizes.items():
            if place < size:
                yield file, place, chance.randrange(8)
                break
            place -= size


def test_any_byte_flipped_is_found_and_its_file_named(copy: Path, bundle: Bundle) -> None:
    count = 0
    for file, place, bit in flips(copy):
        data = bytearray(file.read_bytes())
        data[place] ^= 1 << bit
        file.write_bytes(data)
        error = refused(copy, bundle.anchor)
        assert error.place == str(file.relative_to(copy)), (file, place, bit)
        data[place] ^= 1 << bit
        file.write_bytes(data)
        count += 1
    assert count >= FLIPS
    verify(copy, bundle.anchor)


def test_any_byte_of_a_bundle_of_events_only_flipped_is_found(
    events_bundle: Bundle, tmp_path: Path
) -> None:
    copy = shutil.copytree(events_bundle.path, tmp_path / "copy")
    chance = random.Random(18)  # noqa: S311 # a test's
    for file in files(copy):
        data = file.read_bytes()
        for _ in range(20):
            mauled = bytearray(data)
            mauled[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            file.write_bytes(mauled)
            with pytest.raises(BundleError) as error:
                verify_events(copy)
            assert error.value.place == str(file.relative_to(copy))
        file.write_bytes(data)
    verify_events(copy)


def test_a_file_that_is_removed_cut_or_grown_is_named(copy: Path, bundle: Bundle) -> None:
    for file in files(copy):
        data, name = file.read_bytes(), str(file.relative_to(copy))
        for wrong in (data[:-1], data[: len(data) // 2], b"", data + b"\n", data + data):
            file.write_bytes(wrong)
            assert refused(copy, bundle.anchor).place == name
        file.unlink()
        assert refused(copy, bundle.anchor).place == name
        file.write_bytes(data)
    verify(copy, bundle.anchor)


def test_a_file_more_is_named(copy: Path, bundle: Bundle) -> None:
    some = next(iter(sorted((copy / "receipts").iterdir())))
    for name in (
        "note.txt",
        "receipts/000000000000.rlp",
        "receipts/note",
        "headers/00000001.rlp",
        "events/00000000.json",
        f"keys/{'0' * 64}.json",
        ".hidden",
    ):
        place = copy / name
        was_there = place.parent.is_dir()
        place.parent.mkdir(exist_ok=True)
        shutil.copy(some, place)
        assert refused(copy, bundle.anchor).place == name
        place.unlink()
        if not was_there:
            place.parent.rmdir()
    (copy / "more").mkdir()
    assert refused(copy, bundle.anchor).place == "more"
    (copy / "more").rmdir()
    verify(copy, bundle.anchor)


def test_files_that_are_renamed_or_swapped_are_named(copy: Path, bundle: Bundle) -> None:
    first, second, *_ = sorted((copy / "receipts").iterdir())
    other = first.with_name("000000099999.rlp")
    first.rename(other)
    assert refused(copy, bundle.anchor).place == "receipts/000000099999.rlp"
    other.rename(first)
    texts = first.read_bytes(), second.read_bytes()
    first.write_bytes(texts[1])
    second.write_bytes(texts[0])
    assert refused(copy, bundle.anchor).place == f"receipts/{first.name}"
    (copy / "receipts").rename(copy / "events")
    assert refused(copy, bundle.anchor).place.startswith(("events/", "receipts/"))


def test_links_pipes_and_holes_are_not_followed(copy: Path, bundle: Bundle, tmp_path: Path) -> None:
    file = copy / "manifest.json"
    data = file.read_bytes()
    (tmp_path / "elsewhere").write_bytes(data)
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")  # the very bytes
    assert refused(copy, bundle.anchor).place == "manifest.json"
    file.unlink()
    os.mkfifo(file)
    assert refused(copy, bundle.anchor).place == "manifest.json"
    file.unlink()
    with file.open("wb") as hole:
        hole.truncate(1 << 40)
    assert refused(copy, bundle.anchor).place == "manifest.json"
    file.unlink()
    file.write_bytes(data)
    folder = copy / "receipts"
    folder.rename(tmp_path / "receipts")
    folder.symlink_to(tmp_path / "receipts")
    assert refused(copy, bundle.anchor).place == "receipts"
    folder.unlink()
    (tmp_path / "receipts").rename(folder)
    listing = copy / LISTING
    data = listing.read_bytes()
    listing.unlink()
    (tmp_path / "listing").write_bytes(data)
    listing.symlink_to(tmp_path / "listing")
    assert refused(copy, bundle.anchor).place == LISTING
    listing.unlink()
    listing.write_bytes(data)
    verify(copy, bundle.anchor)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("manifest.json", "../manifest.json"),
        ("manifest.json", "/etc/passwd"),
        ("manifest.json", "receipts/../manifest.json"),
        ("manifest.json", "MANIFEST.json"),
        ('"size":', '"size":-'),
        ('"size":', f'"size":{LARGEST}'),
        ('"size":', '"size":true,"x":'),
        ("with receipts", "with everything"),
        ("with receipts", "events only"),
        ("audit bundle 1", "audit bundle 2"),
        ('"block":', '"block": '),
        ('"block":', '"block":1e'),
        ('"files":[', '"files":[[],'),
        ('"files":[', '"files":[],"more":['),
    ],
)
def test_a_listing_that_is_not_one_is_refused_before_anything_is_read(
    before: str, after: str, copy: Path, bundle: Bundle
) -> None:
    listing = copy / LISTING
    text = listing.read_text()
    assert before in text
    listing.write_text(text.replace(before, after, 1))
    assert refused(copy, bundle.anchor).place == LISTING


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\x00" * 100, b"[" * 10_000, b"7"])
def test_no_text_of_a_listing_is_a_crash(data: bytes, copy: Path, bundle: Bundle) -> None:
    (copy / LISTING).write_bytes(data)
    assert refused(copy, bundle.anchor).place == LISTING
