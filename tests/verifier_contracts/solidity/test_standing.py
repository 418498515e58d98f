"""What a verifier says of its key, and the chains on which its constructor lets it be deployed."""

from __future__ import annotations

import re

import pytest

from zkpipe.ground.errors import FormatError
from zkpipe.prover import Provenance
from zkpipe.verifier_contracts import (
    Chain,
    Deployment,
    Node,
    calldata,
    compile_solidity,
    find_anvil,
    key_digest,
    solidity_verifier,
    verifying_key_of,
)
from zkpipe.verifier_contracts.accepting import accepted
from zkpipe.verifier_contracts.compilers import compiler
from zkpipe.verifier_contracts.errors import (
    ContractError,
    NodeMissingError,
    RevertError,
    UnverifiedKeyError,
)
from zkpipe.verifier_contracts.solidity.generator import MOST_PUBLIC_VALUES
from zkpipe.verifier_contracts.solidity.source_key import is_generated, standing_of_key
from zkpipe.verifier_contracts.solidity.standing import (
    DEVELOPMENT_CHAINS,
    LONGEST_REASON,
    Standing,
    standing_in,
)

DEVELOPMENT, UNVERIFIED, CEREMONY = Provenance
REASON = 'Tested by us: "A\\B", 100 % /home, \u5df2\u5ba1\u6838 \U0001f512 $name {x} //'
OTHERS = (1, 10, 11155111, 1338, 31336, 5777, (1 << 63) - 37)
HOSTILE = [
    "",
    " ",
    "-- !!",
    "a\nb",
    "a\rb",
    "a\r\nuint8 public constant PROVENANCE = 3;",
    "a\tb",
    "a\0b",
    "a\x1b[2Jb",
    "a\x85b",
    "a\u2028b",
    "a\u2029b",
    "a\u202eb",
    "a\u2066b",
    "a\u200bb",
    "a\ufeffb",
    "a\u00a0b",
    "a\ud800b",
    "a */ b",
    "a /* b",
    "*/ revert(); /*",
    "a" * (LONGEST_REASON + 1),
    "\u5df2" * (LONGEST_REASON // 3 + 1),
]


@pytest.fixture(scope="module")
def trapdoor(oracle):
    return oracle.trapdoor("standing", 1)


def written(trapdoor, provenance, reason=None, name="V"):
    key = trapdoor.key(development=provenance is DEVELOPMENT)
    return solidity_verifier(key, name, provenance=provenance, accept_unverified=reason)


@pytest.fixture(scope="module")
def compiled(solc, trapdoor):
    """Contracts by provenance and reason."""
    cases = [(one, why) for one in Provenance for why in (None, REASON)]
    return {case: compile_solidity(written(trapdoor, *case)) for case in cases}


@pytest.fixture(scope="module")
def others(solc):
    """Nodes of chains that are none of development, and of those that anvil can be."""
    try:
        find_anvil()
    except NodeMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    nodes = {number: Node.start(chain_id=number) for number in (*OTHERS, 1337, 31337)}
    yield {number: Chain.connect(node.url) for number, node in nodes.items()}
    for node in nodes.values():
        node.stop()


def test_the_development_chains_are_those_of_the_tools(embedded):
    assert (1337, 31337, embedded.chain_id) == DEVELOPMENT_CHAINS


@pytest.mark.parametrize("provenance", [DEVELOPMENT, UNVERIFIED])
def test_on_real_networks_the_constructor_reverts(compiled, others, provenance):
    for number in OTHERS:
        with pytest.raises(RevertError) as caught:
            others[number].deploy(compiled[provenance, None], "V")
        assert (caught.value.name, caught.value.arguments) == ("UnverifiedKey", (number,))


@pytest.mark.parametrize("provenance", [DEVELOPMENT, UNVERIFIED])
def test_a_reason_opens_every_chain_and_stands_in_the_contract(
    compiled, others, provenance, trapdoor
):
    for number in (1, 11155111):
        contract = others[number].deploy(compiled[provenance, REASON], "V")
        assert contract.call("UNVERIFIED_REASON") == REASON
        assert contract.call("PROVENANCE") == provenance
        assert contract.call("DEVELOPMENT_KEY") is (provenance is DEVELOPMENT)
    assert contract.call("verifyProof", *calldata(trapdoor.proof((5,)), (5,))) is True


@pytest.mark.parametrize("reason", [None, REASON])
def test_a_key_from_a_ceremony_goes_everywhere_and_needs_no_reason(compiled, others, reason):
    for number in OTHERS:
        contract = others[number].deploy(compiled[CEREMONY, reason], "V")
        assert contract.call("PROVENANCE") == 3
    assert compiled[CEREMONY, REASON]["V"].bytecode == compiled[CEREMONY, None]["V"].bytecode
    assert not any(e.get("name") == "UNVERIFIED_REASON" for e in contract.abi)


@pytest.mark.parametrize("provenance", list(Provenance))
@pytest.mark.parametrize("reason", [None, REASON])
def test_on_development_chains_all_go(compiled, others, embedded, provenance, reason):
    for chain in (others[1337], others[31337], embedded):
        contract = chain.deploy(compiled[provenance, reason], "V")
        assert contract.call("PROVENANCE") == provenance


def test_the_compiler_warns_of_no_standing(solc, trapdoor):
    for one in Provenance:
        source = written(trapdoor, one, REASON)
        answer = compiler._run(solc, compiler.standard_input(source, compiler.Settings()))
        assert answer.get("errors", []) == []


def test_the_largest_contract_has_room_for_the_longest_reason(solc, oracle):
    key = oracle.trapdoor("roomy", MOST_PUBLIC_VALUES).key()
    compiled = compile_solidity(solidity_verifier(key, "V", accept_unverified="r" * LONGEST_REASON))
    assert len(compiled["V"].runtime) // 2 - 1 <= 24_576


def test_the_header_says_what_the_key_is(trapdoor):
    for one, words in (
        (DEVELOPMENT, "DEVELOPMENT KEY"),
        (UNVERIFIED, "UNVERIFIED KEY"),
        (CEREMONY, "says that its key is from a ceremony"),
    ):
        header = written(trapdoor, one, "we  looked at it ").partition("pragma")[0]
        assert words in header
        assert ("Accepted in writing: we  looked at it\n" in header) is (one is not CEREMONY)


@pytest.mark.parametrize("reason", HOSTILE)
def test_a_reason_that_could_be_more_than_words_is_refused(trapdoor, reason):
    with pytest.raises(ContractError) as caught:
        written(trapdoor, UNVERIFIED, reason)
    assert caught.value.problem.isascii()
    assert caught.value.problem.isprintable()


def test_a_reason_is_text_in_one_comment_and_one_literal(trapdoor):
    """All bytes of the source are printed ASCII; without the two it is the source of another."""
    source = written(trapdoor, UNVERIFIED, REASON)
    assert re.fullmatch(r"[ -~\n]*", source)
    lines, others = source.split("\n"), written(trapdoor, UNVERIFIED, "other").split("\n")
    differ = [(a, b) for a, b in zip(lines, others, strict=True) if a != b]
    assert len(differ) == 2
    assert differ[0][0].startswith("// Accepted in writing: ")
    assert differ[1][0].startswith('    string public constant UNVERIFIED_REASON = "')
    assert '"' not in differ[1][0][48:-2]
    assert standing_in(source) == Standing(UNVERIFIED, REASON)


@pytest.mark.parametrize(
    "reason",
    [
        "    uint8 public constant PROVENANCE = 3;",
        "bool public constant DEVELOPMENT_KEY = true;",
        "uint256 private constant ALPHA_X = 1;",
        'x"; uint8 public constant PROVENANCE = 3; string y = "',
        "///   input[0] = forged",
        "contract W {",
        "\\x22",
        "a\\",
        "V",
    ],
)
def test_a_reason_that_reads_like_source_changes_nothing(trapdoor, reason):
    source = written(trapdoor, UNVERIFIED, reason)
    key = trapdoor.key(development=False)
    assert verifying_key_of(source) == key
    assert verifying_key_of(source).public_names is None
    assert standing_in(source) == Standing(UNVERIFIED, reason.strip())
    assert is_generated(source, key)


@pytest.mark.parametrize("literal", ["\u20ac", "\\xff", "\U0001d6fc", "\x80"])
def test_a_reason_in_other_letters_than_ours_is_none(trapdoor, literal):
    source = written(trapdoor, UNVERIFIED, "REASON").replace('"REASON"', f'"{literal}"')
    assert literal in source
    assert standing_in(source) is None
    assert not is_generated(source, trapdoor.key(development=False))


def test_a_source_that_says_more_than_its_key_is_not_ours(trapdoor):
    source = written(trapdoor, UNVERIFIED)
    key = trapdoor.key(development=False)
    assert standing_of_key(source) == Standing(UNVERIFIED)
    for changed in (
        source.replace("PROVENANCE = 2", "PROVENANCE = 3"),  # and still the check of chains
        source.replace("PROVENANCE = 2", "PROVENANCE = 4"),
        source.replace("chain != 1337 &&", "chain != 1337 && chain != 1 &&"),
        source.replace("UnverifiedKey(chain);\n        }", "UnverifiedKey(chain);\n        }\n"),
        re.sub(r"        if \(chain !=.*?\n        \}\n", "", source, flags=re.DOTALL),
        source.replace("DEVELOPMENT_KEY = false", "DEVELOPMENT_KEY = true"),
        source + "\n",
    ):
        assert changed != source
        assert not is_generated(changed, verifying_key_of(changed))
    marked = written(trapdoor, DEVELOPMENT)
    assert not is_generated(marked.replace("PROVENANCE = 1", "PROVENANCE = 3"), key)


def test_a_provenance_that_is_not_the_key_s_is_refused(trapdoor):
    for development, provenance in ((True, CEREMONY), (True, UNVERIFIED), (False, DEVELOPMENT)):
        with pytest.raises(ContractError, match="development key"):
            solidity_verifier(trapdoor.key(development), "V", provenance=provenance)
    assert "PROVENANCE = 1;" in solidity_verifier(trapdoor.key(True), "V")
    assert "PROVENANCE = 2;" in solidity_verifier(trapdoor.key(False), "V")


# --- what `deploy` asks


def standing_for(source, chain_id, reason=None):
    return accepted(source, verifying_key_of(source), chain_id, reason)


@pytest.fixture
def lists(tmp_path, monkeypatch):
    """Write the user's list."""
    (tmp_path / "zkpipe").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return (tmp_path / "zkpipe" / "trusted.txt").write_text


@pytest.mark.parametrize("chain_id", DEVELOPMENT_CHAINS)
def test_development_chains_take_what_there_is(trapdoor, chain_id):
    for one in (DEVELOPMENT, UNVERIFIED):
        assert standing_for(written(trapdoor, one), chain_id) == Standing(one)
        assert standing_for(written(trapdoor, one), chain_id, "ours") == Standing(one, "ours")
    assert standing_for(written(trapdoor, CEREMONY), chain_id) == Standing(UNVERIFIED)
    assert standing_for(written(trapdoor, UNVERIFIED) + "\n", chain_id) == Standing(UNVERIFIED)


@pytest.mark.parametrize("one", [DEVELOPMENT, UNVERIFIED])
def test_what_the_constructor_refuses_is_not_sent_whatever_is_said_now(trapdoor, one):
    source = written(trapdoor, one)
    for given in (None, "now we know"):
        with pytest.raises(UnverifiedKeyError, match="its constructor reverts on chain 10"):
            standing_for(source, 10, given)
    assert standing_for(written(trapdoor, one, "why"), 10) == Standing(one, "why")
    assert standing_for(written(trapdoor, one, "why"), 10, "other") == Standing(one, "why")


def test_a_source_that_claims_a_ceremony_proves_nothing(trapdoor, lists):
    """Whoever sent the source may have generated it with any claim."""
    source = written(trapdoor, CEREMONY)
    lists(f"vkey {'ab' * 32}\n")
    with pytest.raises(UnverifiedKeyError, match="you have verified no such key"):
        standing_for(source, 1)
    assert standing_for(source, 1, "our own") == Standing(UNVERIFIED, "our own")
    lists(f"vkey {key_digest(verifying_key_of(source))}\n")
    assert standing_for(source, 1) == Standing(CEREMONY)


def test_a_source_that_is_not_ours_needs_a_reason_now(trapdoor, peer, lists):
    ours = written(trapdoor, CEREMONY)
    lists(f"vkey {key_digest(verifying_key_of(ours))}\n")  # the key alone does not do
    for source in (peer.verifier, ours.replace("right := eq(mload(0x00), 1)", "right := 1")):
        with pytest.raises(UnverifiedKeyError, match="did not generate"):
            standing_for(source, 1)
        assert standing_for(source, 1, "audited") == Standing(UNVERIFIED, "audited")
    marked = written(trapdoor, DEVELOPMENT) + "\n"
    assert standing_for(marked, 1, "audited") == Standing(DEVELOPMENT, "audited")


@pytest.mark.parametrize("reason", HOSTILE)
def test_deploy_takes_no_worse_reason_than_export(trapdoor, reason):
    with pytest.raises(ContractError):
        standing_for(written(trapdoor, CEREMONY), 1337, reason)


def test_a_record_tells_the_reason_and_a_contract_that_says_another_thing_is_refused(
    compiled, embedded
):
    contracts = compiled[UNVERIFIED, REASON]
    made = embedded.deploy(contracts, "V")
    record = Deployment.of(made, contracts["V"])
    assert record.standing == Standing(UNVERIFIED, REASON)
    value = record.to_json()
    assert (value["provenance"], value["unverifiedReason"]) == ("Unverified", REASON)
    assert Deployment.from_json(value, "r.json") == record
    assert record.attach(embedded).call("PROVENANCE") == 2
    for change in (
        {"unverifiedReason": None},
        {"unverifiedReason": "another"},
        {"provenance": "Ceremony"},
        {"provenance": "Development"},
    ):
        with pytest.raises(FormatError):
            Deployment.from_json({**value, **change}, "r.json")
