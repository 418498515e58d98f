"""Headers, receipts and accounts are as py-evm has them, whose blocks a node did not make."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import rlp
from eth.db.trie import make_trie_root_and_nodes
from eth.rlp.headers import BlockHeader
from eth.rlp.logs import Log as EvmLog
from eth.rlp.receipts import Receipt
from eth.vm.forks.cancun.blocks import CancunBlockHeader
from eth.vm.forks.london.blocks import LondonBlockHeader
from eth.vm.forks.prague.blocks import PragueBlockHeader
from eth.vm.forks.shanghai.blocks import ShanghaiBlockHeader
from eth_utils import keccak, to_canonical_address

from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence.chain.accounts import code_digest
from zkpipe.exchange.evidence.chain.encoding import decoded, number_of, quantity, texts
from zkpipe.exchange.evidence.chain.headers import (
    FIELDS,
    NUMBERS,
    Header,
    bloom_mask,
    check_link,
    header_told,
)
from zkpipe.exchange.evidence.chain.receipts import bloom_of, logs_of, receipt_told, root_of
from zkpipe.verifier_contracts import Chain

HEADERS = [
    BlockHeader, LondonBlockHeader, ShanghaiBlockHeader, CancunBlockHeader, PragueBlockHeader,
]  # fmt: skip
ADDRESSES = [bytes([i]) * 20 for i in range(1, 5)]


def header_of(kind: Any, **other: Any) -> Any:
    given = {"difficulty": 0, "block_number": 300, "gas_limit": 30_000_000, "timestamp": 1 << 31}
    given |= {"extra_data": b"seal", "gas_used": 128, "bloom": 1 << 77} | other
    return kind(**given)


def told_of(header: Any) -> dict[str, Any]:
    """As nodes write it."""
    told: dict[str, Any] = {"hash": "0x" + header.hash.hex()}
    values = [getattr(header, name) for name in header._meta.field_names]
    for name, value in zip(FIELDS, values, strict=False):
        if name in NUMBERS:
            told[name] = hex(value)
        elif name == "logsBloom":
            told[name] = f"0x{value:0512x}"
        else:
            told[name] = "0x" + value.hex()
    return told


@pytest.mark.parametrize("kind", HEADERS)
def test_a_header_of_each_fork_hashes_to_its_block(kind: Any) -> None:
    header = header_of(kind)
    for told in (told_of(header), {**told_of(header), "size": "0x1", "totalDifficulty": "0x0"}):
        found = header_told(told)
        assert found is not None
        assert found.raw == rlp.encode(header)
        assert (found.hash, found.parent) == (header.hash, header.parent_hash)
        assert (found.state, found.receipts) == (header.state_root, header.receipt_root)
        assert (found.number, found.time) == (300, 1 << 31)
        assert int.from_bytes(found.bloom, "big") == header.bloom
    for name in told_of(header):
        told = told_of(header)
        del told[name]
        assert header_told(told) is None
        if name not in NUMBERS:
            told[name] = told_of(header)[name][:-1] + (
                "8" if told_of(header)[name][-1] == "7" else "7"
            )
            assert header_told(told) is None


def test_a_header_follows_on_the_one_that_it_names() -> None:
    first = Header.of(rlp.encode(header_of(PragueBlockHeader)), "x")
    second = header_of(PragueBlockHeader, block_number=301, parent_hash=first.hash)
    after = Header.of(rlp.encode(second), "x")
    check_link(first, None, 300, "x")
    check_link(after, first, 300, "x")
    for wrong in (
        header_of(PragueBlockHeader, block_number=301),
        header_of(PragueBlockHeader, block_number=302, parent_hash=first.hash),
    ):
        with pytest.raises(BundleError, match="does not follow"):
            check_link(Header.of(rlp.encode(wrong), "x"), first, 300, "x")
    with pytest.raises(BundleError, match="is of block 300, not of 299"):
        check_link(first, None, 299, "x")


def test_what_is_no_header_is_refused() -> None:
    fields = rlp.decode(rlp.encode(header_of(PragueBlockHeader)))
    wrong: list[Any] = [fields[:-2], [*fields, b""], [], b"", [[f] for f in fields]]
    wrong += [[*fields[:6], bytes(255), *fields[7:]], [b"", *fields[1:]]]
    wrong += [[*fields[:8], b"\x00\x01", *fields[9:]], [*fields[:11], b"\x01" * 9, *fields[12:]]]
    for item in wrong:
        with pytest.raises(BundleError):
            Header.of(rlp.encode(item), "a place")


def receipts() -> list[Any]:
    """py-evm's, of four transactions, as many as need two bytes for a place in the trie."""
    found = []
    for i in range(140):
        logs = [
            EvmLog(ADDRESSES[j % 4], [i * 7 + j, 1 << 255][: j % 3], bytes([j]) * (33 * j))
            for j in range(i % 5)
        ]
        found.append(Receipt(state_root=b"\x01", gas_used=21_000 * (i + 1), logs=logs))
    return found


def told_receipt(receipt: Any, kind: int) -> dict[str, Any]:
    return {
        "type": hex(kind),
        "status": "0x1",
        "cumulativeGasUsed": hex(receipt.gas_used),
        "logs": [
            {
                "address": "0x" + log.address.hex(),
                "topics": [f"0x{topic:064x}" for topic in log.topics],
                "data": "0x" + log.data.hex(),
            }
            for log in receipt.logs
        ],
    }


def test_receipts_have_the_bytes_blooms_and_roots_that_py_evm_gives() -> None:
    some, kinds = receipts(), [i % 5 for i in range(140)]
    raws = [receipt_told(told_receipt(r, kind)) for r, kind in zip(some, kinds, strict=True)]
    for raw, receipt, kind in zip(raws, some, kinds, strict=True):
        assert raw == (bytes([kind]) if kind else b"") + rlp.encode(receipt)
    root, _ = make_trie_root_and_nodes(
        [SimpleNamespace(encode=lambda raw=raw: raw) for raw in raws]
    )
    assert root_of(raws) == root
    assert root_of([]) == keccak(rlp.encode(b""))
    bloom = 0
    for receipt in some:
        bloom |= receipt.bloom
    made = header_of(PragueBlockHeader, receipt_root=root, bloom=bloom)
    header = Header.of(rlp.encode(made), "x")
    found = list(logs_of(raws, header, "x"))
    wanted = [(i, log) for i, receipt in enumerate(some) for log in receipt.logs]
    assert [(log.receipt, log.address, log.data) for log in found] == [
        (i, log.address, log.data) for i, log in wanted
    ]
    assert [[int.from_bytes(t, "big") for t in log.topics] for log in found] == [
        list(log.topics) for _, log in wanted
    ]
    assert [log.number for log in found] == list(range(len(wanted)))
    for address in ADDRESSES:
        assert header.may_hold_logs([bloom_mask(address)])
        assert not header_with_no_logs().may_hold_logs([bloom_mask(address)])
    assert not header_with_no_logs().may_hold_logs(map(bloom_mask, ADDRESSES))
    for other in (raws[:-1], [*raws, raws[0]], [raws[1], raws[0], *raws[2:]]):
        with pytest.raises(BundleError, match="not the receipts of block 300"):
            list(logs_of(other, header, "x"))


def header_with_no_logs() -> Header:
    return Header.of(rlp.encode(header_of(PragueBlockHeader, bloom=0)), "x")


def under(raws: list[bytes], bloom: int) -> Header:
    """A header for these receipts, whatever they are."""
    made = header_of(PragueBlockHeader, receipt_root=root_of(raws), bloom=bloom)
    return Header.of(rlp.encode(made), "x")


def test_receipts_whose_blooms_lie_are_refused_even_under_a_right_root() -> None:
    log: Any = [ADDRESSES[0], [bytes(32)], b""]
    bloom = bloom_of([log])
    right = [rlp.encode([b"\x01", b"\x05", bloom, [log]])]
    assert len(list(logs_of(right, under(right, int.from_bytes(bloom, "big")), "x"))) == 1
    with pytest.raises(BundleError, match="bloom of block 300 is not that of its receipts"):
        list(logs_of(right, under(right, 0), "x"))
    for own in (bytes(256), bloom[:-1], bytes([255]) * 256):
        wrong = [rlp.encode([b"\x01", b"\x05", own, [log]])]
        with pytest.raises(BundleError, match="its bloom is not that of its logs"):
            list(logs_of(wrong, under(wrong, int.from_bytes(bloom, "big")), "x"))


@pytest.mark.parametrize(
    "item",
    [
        b"",
        [],
        [b"\x01", b"\x05", bytes(256)],
        [b"\x01", b"\x05", bytes(256), b"logs"],
        [b"\x01", b"\x05", [], []],
        [b"\x01", b"\x05", bytes(256), [b"log"]],
        [b"\x01", b"\x05", bytes(256), [[ADDRESSES[0], [], b"", b""]]],
        [b"\x01", b"\x05", bytes(256), [[ADDRESSES[0][1:], [], b""]]],
        [b"\x01", b"\x05", bytes(256), [[ADDRESSES[0], [bytes(31)], b""]]],
        [b"\x01", b"\x05", bytes(256), [[ADDRESSES[0], [bytes(32)] * 5, b""]]],
        [b"\x01", b"\x05", bytes(256), [[ADDRESSES[0], b"", b""]]],
        [b"\x01", b"\x05", bytes(256), [[ADDRESSES[0], [], []]]],
    ],
)
def test_what_is_no_receipt_is_refused_even_under_a_right_root(item: Any) -> None:
    for kind in (b"", b"\x02"):
        raws = [kind + rlp.encode(item)]
        with pytest.raises(BundleError):
            list(logs_of(raws, under(raws, 0), "x"))


def test_the_code_at_an_address_is_shown_under_the_state_root() -> None:
    chain = Chain.embedded()
    eth = chain.web3.eth
    account = chain.account
    creation = "0x6005600c60003960056000f3" + "6001600055"  # leaves 5 bytes of code
    created = eth.wait_for_transaction_receipt(
        eth.send_transaction({"from": account, "data": creation, "gas": 200_000})  # type: ignore[arg-type,typeddict-item]
    )["contractAddress"]
    told = SimpleNamespace(**chain.ask("eth_getBlockByNumber", hex(eth.block_number), False))
    assert header_told(vars(told)) is not None
    state = bytes.fromhex(told.stateRoot[2:])
    proof = chain.ask("eth_getProof", created, [], told.number)["accountProof"]
    nodes = [bytes.fromhex(node[2:]) for node in proof]
    at = to_canonical_address(created)
    code = eth.get_code(created)
    assert len(code) == 5
    assert code_digest(state, at, nodes, "x") == keccak(code)
    assert code_digest(state, at, [*nodes[::-1], b"\x80"], "x") == keccak(code)
    for wrong in (nodes[:-1], nodes[1:], [], [bytes(40)] * 3):
        with pytest.raises(BundleError, match="do not lead"):
            code_digest(state, at, wrong, "x")
    nobody = bytes([9]) * 20
    absent = chain.ask("eth_getProof", "0x" + nobody.hex(), [], told.number)["accountProof"]
    with pytest.raises(BundleError, match="no account"):
        code_digest(state, nobody, [bytes.fromhex(node[2:]) for node in absent], "x")


def test_rlp_has_one_text_for_each_item() -> None:
    for data in (b"", b"\x81\x05", b"\xb8\x01\x61", b"\xc1", b"\x80\x80", b"\xf8\x01\x80"):
        with pytest.raises(BundleError, match="not a list in RLP"):
            decoded(data, "x")
    with pytest.raises(BundleError, match="not a list of byte strings"):
        texts(decoded(rlp.encode([[b""]]), "x"), "x")
    with pytest.raises(BundleError, match="not a list of byte strings"):
        texts(decoded(b"\x05", "x"), "x")
    assert [number_of(data) for data in (b"", b"\x05", b"\x01\x00", b"\x00")] == [0, 5, 256, None]
    assert number_of(bytes([1]) * 9, 8) is None
    assert quantity({"x": "0x0"}, "x") == b""
    for wrong in (None, 5, "5", "0x", "0xg"):
        with pytest.raises(ValueError, match=r"x|invalid literal"):
            quantity({"x": wrong}, "x")
