"""The nodes of trees in arrays: as those in a dict, however they came."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.accel.edge_values import generator
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words, words_from_ints
from zkpipe.circuits import InputError
from zkpipe.circuits.gadgets import SparseMerkleTree
from zkpipe.circuits.gadgets.sparse import node_table
from zkpipe.circuits.gadgets.sparse.node_table import NodeTable
from zkpipe.circuits.gadgets.sparse.order import bit_order, common_bits, common_rows
from zkpipe.circuits.gadgets.sparse.rows import Node, NodeRows
from zkpipe.ground.kinds import whole_number

SAME_WORD = [(i << 64) + 5 for i in range(40)]  # the lowest words of digests decide most lookups


def some_nodes(seed: int, count: int) -> dict[int, Node]:
    draw = generator(seed)
    found: dict[int, Node] = {}
    for _ in range(count):
        digest = draw.choice([draw.randrange(R), draw.choice(SAME_WORD), draw.randrange(20)])
        pair = draw.choice([0, draw.randrange(R)]), draw.randrange(R)
        found[digest] = draw.choice([pair, (*pair, 1)])
    return found


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_table, "BATCH", 16)


def check_same(table: NodeTable, plain: dict[int, Node]) -> None:
    assert table == plain
    assert plain == table
    assert len(table) == len(plain)
    assert sorted(table) == sorted(plain)
    assert dict(table.items()) == plain
    assert {digest: table[digest] for digest in plain} == plain
    found = table.rows_of(words_from_ints(plain))
    assert list(found.items()) == list(plain.items())
    for digest in (R - 1, 6, 41 << 64, -1, R, 1 << 300, "5", 2.5):
        assert (digest in table) is (digest in plain)
        assert table.get(digest, "none") == plain.get(digest, "none")  # type: ignore[call-overload]


@pytest.mark.parametrize("seed", range(4))
def test_a_table_is_as_a_dict_whatever_comes(seed: int) -> None:
    draw = generator(seed)
    table, plain = NodeTable(), dict[int, Node]()
    for step in range(40):
        match draw.randrange(5):
            case 0:
                more = some_nodes(100 * seed + step, draw.randrange(60))
                more = {digest: plain.get(digest, node) for digest, node in more.items()}
                table.put_rows(NodeRows.of([*more], [*more.values()]))
                plain.update(more)
            case 1 | 2:
                for digest, node in some_nodes(100 * seed + step, 9).items():
                    table[digest] = plain[digest] = node
            case 3:
                for digest in draw.sample(sorted(plain), min(3, len(plain))):
                    del table[digest], plain[digest]
            case _:
                check_same(pickle.loads(pickle.dumps(table)), plain)  # noqa: S301 # our own
                copied = table.copy()
                copied[7] = (1, 2)
                copied.put_rows(NodeRows.of(range(50, 90), [(1, 2)] * 40))
        check_same(table, plain)
    table.clear()
    check_same(table, {})


def test_nodes_that_come_twice_at_once_are_kept_once() -> None:
    digests = [*range(100, 130), *SAME_WORD[:5], 110, SAME_WORD[3]]
    table = NodeTable()
    table.put_rows(NodeRows.of(digests, [(5, 6)] * len(digests)))
    check_same(table, dict.fromkeys(digests, (5, 6)))


class _InterruptedOnce:
    """A function that is called `calls` times, and then interrupted when it has done its work."""

    def __init__(self, function: Callable[..., Any], calls: int) -> None:
        self.function, self.calls = function, calls

    def __call__(self, *arguments: Any) -> Any:
        done = self.function(*arguments)
        self.calls -= 1
        if self.calls == -1:
            raise KeyboardInterrupt
        return done


@pytest.mark.parametrize("calls", range(6))
def test_an_interruption_loses_no_nodes(monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    for name in ("of", "joined"):
        table, plain = NodeTable(), dict[int, Node]()
        for first, count in ((0, 40), (50, 18), (80, 3)):
            more: dict[int, Node] = dict.fromkeys(range(first, first + count), (5, 6))
            table.put_rows(NodeRows.of([*more], [*more.values()]))
            plain |= more
        assert table._few
        assert len(table._batches) > 1
        rows = NodeRows.of(range(200, 300), [(7, 8)] * 100)
        interrupted = _InterruptedOnce(getattr(NodeRows, name), calls)
        batch = _InterruptedOnce(node_table._Batch, calls)
        for owner, part, function in (
            (NodeRows, name, interrupted),
            (node_table, "_Batch", batch),
        ):
            with monkeypatch.context() as patched:
                patched.setattr(owner, part, function)
                try:
                    table.put_rows(rows)
                except KeyboardInterrupt:
                    check_same(table, plain)
        table.put_rows(rows)
        check_same(table, plain | dict.fromkeys(range(200, 300), (7, 8)))


def test_a_reader_in_another_thread_finds_every_node_that_was_kept() -> None:
    """Batches are joined while the reader looks for a node in them."""
    for first in (40, 18):
        table = NodeTable()
        for begin, count in ((0, first), (100, 18), (200, 3)):
            table.put_rows(NodeRows.of(range(begin, begin + count), [(5, 6)] * count))
        for digest in (0, 117):
            read = table.copy()
            rows = NodeRows.of(range(1000, 1100), [(7, 8)] * 100)

            def moved(digest: object, read: NodeTable = read, rows: NodeRows = rows) -> int | None:
                if 1000 not in read._few and len(read) < 100:
                    read.put_rows(rows)
                return whole_number(digest)

            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(node_table, "whole_number", moved)
                assert read[digest] == (5, 6)
            assert read[1000] == (7, 8)


def test_who_goes_through_a_table_meets_all_that_was_there_when_nodes_are_added() -> None:
    for first in (40, 18):
        table = NodeTable()
        for begin, count in ((0, first), (100, 18), (200, 3)):
            table.put_rows(NodeRows.of(range(begin, begin + count), [(5, 6)] * count))
        before = dict(table)
        for through in (iter(table), iter(table.items())):
            met: list[Any] = [next(through)]
            digests = range(1000 + len(table), 1100 + len(table))
            table[999] = (1, 2)
            table.put_rows(NodeRows.of(digests, [(5, 6)] * len(digests)))
            met += through
            found = {x[0] if isinstance(x, tuple) else x for x in met}
            assert before.keys() <= found
            assert len(found) == len(met)


def test_what_is_not_there_or_no_node_is_refused() -> None:
    table = NodeTable()
    table.put_rows(NodeRows.of(range(30), [(5, 6)] * 30))
    for missing in (30, R, -1, "a"):
        with pytest.raises(KeyError):
            table[missing]  # type: ignore[index]
        with pytest.raises(KeyError):
            del table[missing]  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        table.rows_of(words_from_ints([1, 31]))
    wrong: list[tuple[Any, Any]] = [(R, (1, 2)), ("5", (1, 2)), (True, (1, 2))]
    wrong += [(5, node) for node in ((1,), (1, 2, 3), (1, R), (1, -1), "12", None)]
    for digest, node in wrong:
        with pytest.raises(InputError):
            table[digest] = node
    check_same(table, dict.fromkeys(range(30), (5, 6)))


def test_a_tree_over_a_dict_has_the_nodes_of_one_over_arrays() -> None:
    draw = generator(5)
    arrays, plain = SparseMerkleTree(), SparseMerkleTree({})
    for step in range(3):
        entries = {draw.randrange(R): draw.randrange(R) for _ in range(30)}
        entries |= {draw.randrange(9) << 250: step for _ in range(4)}
        for tree in (arrays, plain):
            tree.change_many(entries)
            tree.insert(1000 + step, 5)
        assert arrays.root == plain.root
        assert arrays.nodes == plain.nodes
    assert isinstance(plain.nodes, dict)


def reversed_text(key: int) -> str:
    return f"{key:0256b}"[::-1]


def test_keys_are_ordered_and_compared_by_their_lowest_bits() -> None:
    draw = generator(9)
    wide = [draw.randrange(1 << 256) for _ in range(30)]
    for keys in (
        wide,
        [],
        [5],
        [*wide, *range(70), *(1 << i for i in range(256)), *(1 << i | 1 << 64 for i in range(64))],
        [draw.randrange(4) << place for place in (0, 63, 64, 127, 191, 254) for _ in range(9)],
    ):
        words = words_from_ints(keys)
        order = bit_order(words)
        assert order.tolist() == sorted(range(len(keys)), key=lambda i: reversed_text(keys[i]))
        ordered = sorted({*keys}, key=reversed_text)
        expected = [(a ^ b) & -(a ^ b) for a, b in pairwise(ordered)]
        found = common_bits(words_from_ints(ordered)) if ordered else np.array([])
        assert [1 << bits for bits in found.tolist()] == expected
        others = [*ordered[::2], 1 << 200 | 3]
        mine, theirs = common_rows(words_from_ints(ordered), words_from_ints(others))
        assert [ordered[i] for i in mine] == [others[i] for i in theirs]
        assert {*ordered} & {*others} == {ordered[i] for i in mine}
        assert ints_from_words(words[order]) == [keys[i] for i in order]
