"""What people sign: eth_account and the words of EIP-712 are the judges, the contracts another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak

from zkpipe.exchange.errors import SignatureError
from zkpipe.exchange.signatures import Action, gathered, what_of

CONTRACT = "0x52908400098527886E0F7030069857D2E4169EE7"
ACTION = Action(
    chain_id=1337,
    contract=CONTRACT,
    target="0x" + "11" * 20,
    what=b"\x22" * 32,
    nonce=3,
    deadline=1_800_000_000,
)
ACCOUNTS = [Account.from_key(bytes([i]) * 32) for i in (1, 2, 3, 4)]
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def test_the_digest_is_eip_712_s() -> None:
    domain_type = keccak(
        b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    )
    action_type = keccak(b"Action(address target,bytes32 what,uint256 nonce,uint64 deadline)")
    domain = encode(
        ["bytes32", "bytes32", "bytes32", "uint256", "address"],
        [domain_type, keccak(b"zkpipe"), keccak(b"1"), 1337, CONTRACT],
    )
    action = encode(
        ["bytes32", "address", "bytes32", "uint256", "uint64"],
        [action_type, ACTION.target, ACTION.what, 3, 1_800_000_000],
    )
    assert ACTION.digest == keccak(b"\x19\x01" + keccak(domain) + keccak(action))


def test_what_the_council_signs_is_the_selector_and_the_arguments() -> None:
    selector = keccak(b"issue(address,uint128,(uint64,address[],bytes[]))")[:4]
    whole = selector + bytes(28) + bytes(12) + bytes.fromhex(CONTRACT[2:]) + bytes(31) + b"\x07"
    assert what_of("issue", ["address", "uint128"], CONTRACT, 7) == keccak(whole)


def test_a_signature_is_the_account_s_and_the_same_each_time() -> None:
    for account in ACCOUNTS:
        signature = ACTION.signed_by(account)
        assert len(signature) == 65
        assert signature == ACTION.signed_by(account)
        assert ACTION.signer_of(signature) == account.address
        key = account._key_obj.public_key
        recovered = key.recover_from_msg_hash(ACTION.digest, _of(signature))
        assert recovered.to_checksum_address() == account.address


def _of(signature: bytes):
    from eth_keys.datatypes import Signature

    return Signature(signature[:64] + bytes([signature[64] - 27]))


@pytest.mark.parametrize(
    "other",
    [
        {"chain_id": 1},
        {"contract": "0x" + "33" * 20},
        {"target": "0x" + "33" * 20},
        {"what": b"\x33" * 32},
        {"nonce": 4},
        {"deadline": 1_800_000_001},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_signature_is_for_one_action_in_one_place(other: dict[str, object]) -> None:
    signature = ACTION.signed_by(ACCOUNTS[0])
    another = replace(ACTION, **other)
    assert another.digest != ACTION.digest
    assert another.signer_of(signature) != ACCOUNTS[0].address


def test_signatures_are_gathered_in_the_order_of_their_signers() -> None:
    sigs = gathered(ACTION, [ACTION.signed_by(account) for account in ACCOUNTS])
    assert sigs.deadline == ACTION.deadline
    assert list(sigs.signers) == sorted((a.address for a in ACCOUNTS), key=lambda a: int(a, 16))
    for signer, signature in zip(sigs.signers, sigs.sigs, strict=True):
        assert ACTION.signer_of(signature) == signer
    assert gathered(ACTION, []).as_tuple == (ACTION.deadline, (), ())


def test_what_the_contracts_would_refuse_is_refused() -> None:
    good = ACTION.signed_by(ACCOUNTS[0])
    upper = (N - int.from_bytes(good[32:64], "big")).to_bytes(32, "big")
    for bad in (
        b"",
        good[:64],
        good + b"\0",
        good[:64] + b"\0",
        good[:64] + b"\x1d",
        good[:32] + upper + bytes([55 - good[64]]),
        bytes(32) + good[32:],
        good[:32] + bytes(32) + good[64:],
        b"\xff" * 64 + b"\x1b",
    ):
        with pytest.raises(SignatureError, match="not one that the contracts take"):
            gathered(ACTION, [bad])


def test_nobody_counts_twice() -> None:
    with pytest.raises(SignatureError, match="twice"):
        gathered(ACTION, [ACTION.signed_by(ACCOUNTS[0])] * 2)
