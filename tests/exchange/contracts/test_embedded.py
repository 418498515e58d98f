"""The contracts on the chain in this process: the same code, another EVM."""

from __future__ import annotations

from tests.exchange.contracts.setting.chains import Embedded
from tests.exchange.contracts.setting.values import OPENING, RESULTS
from tests.exchange.contracts.setting.world import World
from zkpipe.exchange.structs import Scheme


def test_one_grant_of_two_uses_answers_twice_and_no_third_time(code) -> None:
    world = World(Embedded(), code)
    world.furnish()
    terms = world.granted()
    for number in (1, 2):
        spec = world.opened(world.spec(terms, nonce=number))
        unproven = (world.prover, world.board, "submit", *world.submission(spec))
        assert world.refused(*unproven) == ("ProofRejected", terms.circuit)
        world.proved(spec, ticket=number)
        arguments = (spec, 0, RESULTS, *OPENING)
        world.send(world.stranger, world.board, "deliver", *arguments)
        assert world.state(spec) == 45
    third = (world.grantee, world.board, "open", world.spec(terms, nonce=3), Scheme())
    assert world.refused(*third) == ("GrantExhausted", 2)
    assert world.settlement("balance", world.payee) == 200
