"""A home joins one exchange, works on it, and others look on meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.exchange.clients.parties import FAR, Parties
from tests.exchange.home.own import created
from zkpipe.exchange.clients.facts import id_in, row_of, terms_of
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.view import View, join
from zkpipe.exchange.deployment import Council, deploy
from zkpipe.exchange.errors import NotJoinedError, OtherChainError, UnknownSubjectError
from zkpipe.exchange.structs import Terms
from zkpipe.verifier_contracts import Chain


def test_a_home_that_has_not_joined_says_how(parties: Parties, tmp_path: Path) -> None:
    with created(tmp_path / "home") as home, pytest.raises(NotJoinedError, match="joined no"):
        Session(home, parties.chain)


def test_a_home_joins_one_exchange(parties: Parties, tmp_path: Path) -> None:
    another = deploy(parties.chain, Council((parties.session("owner").me,), 1, 7), depth=0)
    with created(tmp_path / "home") as home:
        with pytest.raises(OtherChainError):
            join(home.documents, parties.manifest, Chain.embedded(), home.path)
        join(home.documents, parties.manifest, parties.chain, home.path)
        join(home.documents, parties.manifest, parties.chain, home.path)  # again changes nothing
        with pytest.raises(NotJoinedError, match="another exchange"):
            join(home.documents, another, parties.chain, home.path)
        with Session(home, parties.chain) as session:
            assert session.manifest == parties.manifest


def test_what_is_sent_is_found_by_all(parties: Parties) -> None:
    """A grant that is asked for: its Terms come back from the chain as they were."""
    session = parties.session("grantee")
    terms = Terms(
        board=session.manifest.addresses["JobBoard"],
        grantee=session.me,
        payee=session.me,
        lineage=b"l" * 32,
        circuit=b"c" * 32,
        salt=(1 << 255) + 3,
        price=5,
        expiry=FAR,
        max_uses=2,
    )
    grant = terms.grant(session.manifest.chain_id, session.manifest.addresses["UsageGrants"])
    receipt = session.send(
        "UsageGrants",
        "request",
        [terms.as_tuple],
        subject=grant,
        effect=lambda block: session.call("UsageGrants", "grant", grant, block=block)[0] != 0,
    )
    assert receipt is not None
    with View.of(session.home.path, parties.chain) as view:
        row = row_of(view.final, "grants", "grant", grant)
        assert id_in(row["grant_id"]) == grant
        assert terms_of(row) == terms
        with pytest.raises(UnknownSubjectError, match="no grant 0x78"):
            row_of(view.final, "grants", "grant", b"x" * 32)


def test_a_node_of_another_chain_is_refused_before_its_blocks_are_kept(
    parties: Parties, tmp_path: Path
) -> None:
    """Else the index would be of that chain, and the right one be refused from then on."""
    with created(tmp_path / "home") as home:
        join(home.documents, parties.manifest, parties.chain, home.path)
        other = Chain.embedded()
        for opened in (lambda: View.of(home.path, other), lambda: Session(home, other)):
            with pytest.raises(OtherChainError, match="does not serve the chain"):
                opened()
        assert not (home.path / "index.sqlite").exists()
        assert not (home.path / "outbox.sqlite").exists()
        with View.of(home.path, parties.chain) as view:
            assert view.final.block > 0


def test_a_manifest_that_calls_less_deep_blocks_final_is_not_joined(
    parties: Parties, tmp_path: Path
) -> None:
    deep = replace(parties.manifest, depth=12)
    with created(tmp_path / "home") as home:
        join(home.documents, deep, parties.chain, home.path)
        with pytest.raises(NotJoinedError, match="final 12 deep; the manifest says 0"):
            join(home.documents, parties.manifest, parties.chain, home.path)
        with View.of(home.path, parties.chain) as view:
            assert view.manifest.depth == 12


def test_a_moment_is_of_one_block_while_another_process_reads_on(parties: Parties) -> None:
    """A view and a session of one home; the session reads blocks on in the middle of a look."""
    session = parties.session("worker")
    with View.of(session.home.path, parties.chain) as view:
        with view.moment() as state:
            block, before = state.block, state.rows("balances")
            parties.decide("Settlement", "issue", [session.me, 7])
            assert session.latest.block > block
            assert session.latest.row("balances", session.me) is not None
            assert state.rows("balances") == before
            assert state.row("balances", session.me) is None
            issued = view.index.events_of("Settlement", "Issued")
            assert [one for one in issued if one.said["to"] == session.me] == []
        with view.moment() as state:
            assert state.row("balances", session.me) is not None


def test_now_is_the_chains(parties: Parties) -> None:
    block = parties.chain.web3.eth.get_block("latest")
    assert parties.session("owner").now == block["timestamp"]


def test_what_is_closed_twice_closes_no_file_of_another(parties: Parties, tmp_path: Path) -> None:
    """A descriptor's number is given to the next file that is opened."""
    home = created(tmp_path / "home")
    join(home.documents, parties.manifest, parties.chain, home.path)
    session = Session(home, parties.chain)
    session.close()
    home.close()
    files = [(tmp_path / str(i)).open("w") for i in range(8)]
    session.close()
    home.close()
    for file in files:
        file.write("1")
        file.close()
