"""IdentityRegistry: ERC-1056 as resolvers of did:ethr read it, and assets."""

from __future__ import annotations

import pytest

from tests.exchange.contracts.world import DAY, LEDGER, PROVER, World

NOBODY = "0x" + "00" * 20
NAME = b"did/svc/Hub".ljust(32, b"\0")
VALUE = b"https://example.org"


def test_everyone_owns_himself_until_he_names_another(world: World) -> None:
    assert world.identities("identityOwner", world.holder) == world.holder.lower()
    (happened,) = world.send(
        world.holder, world.identities, "changeOwner", world.holder, world.buyer
    )
    assert happened.name == "DIDOwnerChanged"
    assert happened.arguments == {
        "identity": world.holder,
        "owner": world.buyer,
        "previousChange": 0,
    }
    assert world.identities("identityOwner", world.holder) == world.buyer.lower()
    error = world.refused(world.holder, world.identities, "changeOwner", world.holder, world.holder)
    assert error == ("NotAllowed", world.holder)
    world.send(world.buyer, world.identities, "changeOwner", world.holder, world.holder)
    assert world.identities("identityOwner", world.holder) == world.holder.lower()


def test_nobody_acts_for_an_identity_that_was_given_up(world: World) -> None:
    (happened,) = world.send(world.holder, world.identities, "changeOwner", world.holder, NOBODY)
    assert happened.arguments["owner"] == NOBODY  # did:ethr: deactivated
    assert int(world.identities("identityOwner", world.holder), 16) == 1
    for caller in (world.holder, world.buyer):
        error = world.refused(caller, world.identities, "changeOwner", world.holder, caller)
        assert error == ("NotAllowed", caller)


def test_each_change_names_the_block_of_the_one_before(world: World) -> None:
    blocks = [0]
    calls = [
        ("addDelegate", world.holder, PROVER, world.prover, DAY),
        ("setAttribute", world.holder, NAME, VALUE, DAY),
        ("revokeAttribute", world.holder, NAME, VALUE),
        ("revokeDelegate", world.holder, PROVER, world.prover),
        ("changeOwner", world.holder, world.buyer),
    ]
    for call in calls:
        (happened,) = world.send(world.holder, world.identities, *call)
        assert happened.arguments["previousChange"] == blocks[-1]
        blocks.append(int(world.chain.ask("eth_blockNumber"), 16))
        assert world.identities("changed", world.holder) == blocks[-1]


def test_attributes_stand_in_events(world: World) -> None:
    arguments = ("setAttribute", world.holder, NAME, VALUE, DAY)
    (happened,) = world.send(world.holder, world.identities, *arguments)
    assert happened.name == "DIDAttributeChanged"
    assert happened.arguments["name"] == NAME
    assert happened.arguments["value"] == VALUE
    assert happened.arguments["validTo"] == world.now + DAY
    arguments = ("revokeAttribute", world.holder, NAME, VALUE)
    (happened,) = world.send(world.holder, world.identities, *arguments)
    assert happened.arguments["validTo"] == 0


def test_a_delegate_is_valid_until_but_not_in_its_last_second(world: World) -> None:
    def is_valid() -> bool:
        return bool(world.identities("validDelegate", world.holder, PROVER, world.prover))

    assert not is_valid()
    arguments = ("addDelegate", world.holder, PROVER, world.prover, 100)
    (happened,) = world.send(world.holder, world.identities, *arguments)
    assert happened.name == "DIDDelegateChanged"
    assert happened.arguments["delegateType"] == PROVER
    end = happened.arguments["validTo"]
    assert end == world.now + 100
    assert is_valid()
    assert not world.identities("validDelegate", world.holder, LEDGER, world.prover)
    assert not world.identities("validDelegate", world.prover, PROVER, world.prover)
    world.wait(end - 1)
    world.send(world.stranger, world.settlement, "allow", world.stranger, 0)
    assert is_valid()
    world.send(world.stranger, world.settlement, "allow", world.stranger, 0)
    assert world.now == end
    assert not is_valid()


def test_a_revoked_delegate_is_none_at_once(world: World) -> None:
    world.send(world.holder, world.identities, "addDelegate", world.holder, PROVER, world.prover, 9)
    arguments = ("revokeDelegate", world.holder, PROVER, world.prover)
    (happened,) = world.send(world.holder, world.identities, *arguments)
    assert happened.arguments["validTo"] == world.now
    assert not world.identities("validDelegate", world.holder, PROVER, world.prover)


@pytest.mark.parametrize(
    "call",
    [
        ("changeOwner", "0x" + "55" * 20),
        ("addDelegate", PROVER, "0x" + "55" * 20, 9),
        ("revokeDelegate", PROVER, "0x" + "55" * 20),
        ("setAttribute", NAME, VALUE, 9),
        ("revokeAttribute", NAME, VALUE),
    ],
    ids=lambda call: call[0],
)
def test_only_the_owner_changes_an_identity(world: World, call: tuple[object, ...]) -> None:
    function, *rest = call
    world.send(
        world.holder, world.identities, "addDelegate", world.holder, PROVER, world.prover, DAY
    )
    for caller in (world.stranger, world.prover):
        error = world.refused(caller, world.identities, str(function), world.holder, *rest)
        assert error == ("NotAllowed", caller)


def test_the_catalogue_alone_binds_assets(world: World) -> None:
    asset = "0x" + "77" * 20
    for caller in (world.stranger, world.owner):
        error = world.refused(caller, world.identities, "bindAsset", asset, caller)
        assert error == ("NotAllowed", caller)


def test_an_asset_is_the_last_bytes_of_its_lineage_and_has_an_owner(world: World) -> None:
    asset = "0x" + world.lineage[12:].hex()
    assert world.catalogue("assetOf", world.lineage) == asset
    assert world.identities("isAsset", asset)
    assert not world.identities("isAsset", world.owner)
    assert world.identities("identityOwner", asset) == world.owner.lower()
    error = world.refused(world.owner, world.identities, "changeOwner", asset, NOBODY)
    assert int(error[1], 16) == int(asset, 16)
    assert error[0] == "AssetNeedsOwner"
    world.send(world.owner, world.identities, "changeOwner", asset, world.buyer)
    assert world.catalogue("ownerOf", world.lineage) == world.buyer.lower()
