"""Lineages of an owner: registered, opened to circuits, frozen, destroyed.

lineage = register(session, policy)
allow(session, lineage, circuit, on=True)
freeze(session, lineage)
destroy(session, lineage)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from zkpipe.exchange.canonical import written
from zkpipe.exchange.clients.catalogue.asked import segments_of
from zkpipe.exchange.clients.facts import Row, id_in, policy_of, record_of, row_of
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.clients.session import Session, new_salt
from zkpipe.exchange.clients.uses.approvers import Approvers, keep_approvers, require_usable
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.errors import BudgetRenewedError, CatalogueError, UnknownSubjectError
from zkpipe.exchange.index import State
from zkpipe.exchange.states import Kind, LineageState, Stage
from zkpipe.exchange.structs import ZERO, Policy
from zkpipe.exchange.words import keccak, keccak_of
from zkpipe.ground.files.strict_json import parse_json

CATALOGUE = "DataCatalogue"
SALT = "lineage"  # the kind of a document: a policy that was, or is to be, registered
SALT_FORMAT = "zkpipe lineage 1"
DESTRUCTION = "destruction"
DESTRUCTION_FORMAT = "zkpipe destruction 1"
LIMIT = 1 << 12  # bytes


@dataclass(frozen=True, slots=True)
class Lineage:
    """A lineage as DataCatalogue has it now.

    head   the newest version; 0 if there is none
    owner  the account that may publish
    """

    id: bytes
    schema_hash: bytes
    state: int
    head: int
    floor: int
    limit_bits: int
    held: int
    spent: int
    keyed: bool
    owner: str

    @classmethod
    def of(cls, view: View, lineage: bytes, block: int | str = "latest") -> Lineage:
        """Ask the contract. Raises UnknownSubjectError."""
        said = view.call(CATALOGUE, "lineage", lineage, block=block)
        schema_hash, _, _, _, limit_bits, held, spent, head, floor, state, keyed = said
        if not state:
            raise UnknownSubjectError(
                f"The exchange knows no lineage 0x{lineage.hex()}.",
                "Check the id, which `zkpipe catalogue register` printed.",
            )
        owner = _checksummed(view.call(CATALOGUE, "ownerOf", lineage, block=block))
        return cls(lineage, schema_hash, state, head, floor, limit_bits, held, spent, keyed, owner)

    def require_owner(self, account: str) -> None:
        """Raises CatalogueError unless an account owns it."""
        if self.owner != account:
            raise CatalogueError(
                f"Lineage 0x{self.id.hex()} belongs to {self.owner}, not to {account}.",
                "Give the home of its owner.",
            )

    def require_published_by(self, account: str) -> None:
        """Raises CatalogueError unless an account may publish versions of it."""
        self.require_owner(account)
        if self.state != LineageState.PUBLISHED:
            raise CatalogueError(
                f"Lineage 0x{self.id.hex()} is {LineageState(self.state).name.lower()}.",
                "Register another one: what is frozen or destroyed stays so.",
            )


def register(
    session: Session,
    policy: Policy,
    *,
    approvers: Approvers | None = None,
    new_budget: bool = False,
) -> bytes:
    """Register a lineage; its id. The same policy again gives the lineage that there is.

    approvers   the list that the policy has the digest of, if it is known: the home keeps it
    new_budget  register another one, although one of this schema has answered already

    Raises BudgetRenewedError if an earlier lineage of this owner and schema has spent or promised
    bits; TermsError if the list is another, or one by which no grant could be approved;
    RevertError.
    """
    if approvers is not None:
        require_usable(approvers, policy)
        keep_approvers(session, approvers)
    session.settle()
    begun = _begun(session, policy, new_budget=new_budget)
    if begun is None:
        if not new_budget:
            _refuse_renewal(session.latest, session.me, policy)
        begun = new_salt()
        _keep(session, policy, begun)
    manifest = session.manifest
    lineage = policy.lineage(manifest.chain_id, manifest.addresses[CATALOGUE], session.me, begun)
    session.send(
        CATALOGUE,
        "register",
        [policy.as_tuple, begun],
        subject=lineage,
        effect=lambda block: session.call(CATALOGUE, "lineage", lineage, block=block)[9] != 0,
    )
    return lineage


def allow(session: Session, lineage: bytes, circuit: bytes, *, on: bool) -> None:
    """Let grants of a circuit be approved, or no more. Grants that there are go on.

    Raises CatalogueError if another account owns the lineage, or no grant of the circuit could be
    approved on it; UnknownSubjectError; RevertError.
    """
    session.settle()
    known = Lineage.of(session, lineage)
    known.require_owner(session.me)
    if on:
        _require_askable(session.latest, known, circuit)
    row = session.final.row("allowed", lineage, circuit)
    session.send(
        CATALOGUE,
        "allow",
        [lineage, circuit, on],
        subject=keccak_of(["bytes32", "bytes32", "bool"], lineage, circuit, on),
        i=0 if row is None else row["block"] + 1,
        effect=lambda block: (
            session.call(CATALOGUE, "allowed", lineage, circuit, block=block) == on
        ),
    )


def freeze(session: Session, lineage: bytes) -> None:
    """Freeze a lineage for good: nobody asks it, and no version follows.

    Raises CatalogueError if another account owns it; RevertError.
    """
    session.settle()
    Lineage.of(session, lineage).require_owner(session.me)
    _set_state(session, lineage, LineageState.FROZEN)


def destroy(
    session: Session, holdings: Holdings, lineage: bytes, also: Collection[bytes] = ()
) -> list[bytes]:
    """Freeze a lineage, erase its rows and keys here, and say so on the chain; the roots.

    also  roots that are erased although this home has not published them itself

    The contract's state and an entry of stage 7 in EvidenceLedger, with the digest of a statement
    that the home keeps, are the owner's word: copies and backups are not seen. Another run goes on
    where one was ended.

    Raises CatalogueError if another account owns the lineage, or a segment is in it by the node's
    word alone; IndexingError if the contract does not bear the events out; RevertError.
    """
    session.settle()
    Lineage.of(session, lineage).require_owner(session.me)
    segments_of(session, holdings, lineage, also)
    freeze(session, lineage)
    roots = segments_of(session, holdings, lineage, also)
    for root in roots:
        holdings.erase(root)
    _set_state(session, lineage, LineageState.DESTROYED)
    asset = session.call(CATALOGUE, "assetOf", lineage)
    digest = keccak(_statement(session, lineage, roots))
    session.send(
        "EvidenceLedger",
        "append",
        [asset, Stage.DESTROY, digest, [], ZERO],
        subject=lineage,
        i=Stage.DESTROY,
        effect=lambda block: (
            session.call("EvidenceLedger", "head", asset, block=block)[2] == Stage.DESTROY
        ),
    )
    return roots


def policy_in(state: State, lineage: bytes) -> Policy:
    """The policy of a lineage. Raises UnknownSubjectError."""
    return policy_of(row_of(state, "lineages", "lineage", lineage))


def _set_state(session: Session, lineage: bytes, to: LineageState) -> None:
    session.send(
        CATALOGUE,
        "setState",
        [lineage, to],
        subject=lineage,
        i=to,
        effect=lambda block: session.call(CATALOGUE, "lineage", lineage, block=block)[9] >= to,
    )


def _require_askable(state: State, lineage: Lineage, circuit: bytes) -> None:
    """Raises CatalogueError if UsageGrants would approve no grant of a circuit on a lineage."""
    record = record_of(row_of(state, "circuits", "circuit", circuit))
    problem = None
    if record.kind not in (Kind.STATS, Kind.QUERY, Kind.SCORE):
        problem = "answers nothing"
    elif record.schema_hash != lineage.schema_hash:
        problem = "is of another schema"
    elif lineage.floor and not record.floor_safe:
        problem = f"does not keep the floor, {lineage.floor}"
    elif record.leak_bits > (left := lineage.limit_bits - lineage.spent - lineage.held):
        problem = f"tells {record.leak_bits} bits with an answer, and {left} are left"
    if problem is not None:
        raise CatalogueError(
            f"Circuit 0x{circuit.hex()} {problem}: no grant of it could be approved on lineage "
            f"0x{lineage.id.hex()}.",
            "Choose a circuit of the lineage's schema that keeps its floor and fits its budget.",
        )


def _refuse_renewal(state: State, me: str, policy: Policy) -> None:
    for row in _of_schema(state, me, policy.schema_hash):
        budget = state.row("budgets", id_in(row["lineage"])) or {"spent": 0, "held": 0}
        if budget["spent"] or budget["held"]:
            raise BudgetRenewedError(
                f"Lineage {row['lineage']} of the same schema has spent or promised "
                f"{budget['spent'] + budget['held']} bits: another one would have a new budget.",
                "Publish new rows in that lineage. If the data are others, give --new-budget.",
            )


def _of_schema(state: State, me: str, schema_hash: bytes) -> list[Row]:
    """The lineages of a schema that an account registered, or owns now."""
    found = []
    for row in state.rows("lineages", schema_hash="0x" + schema_hash.hex()):
        asset = _checksummed(id_in(row["lineage"])[12:])
        subject = state.row("subjects", asset)
        owner = None if subject is None else subject["owner"]
        if me in (row["set_by"], owner):
            found.append(row)
    return found


def _checksummed(address: str | bytes) -> str:
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(address))


def _begun(session: Session, policy: Policy, *, new_budget: bool) -> int | None:
    """The salt of a lineage of this policy that an earlier run began, or that there is.

    With a new budget, that of one that was begun and is not there.
    """
    documents = session.home.documents
    manifest = session.manifest
    prefix = keccak_of([policy.abi()], policy.as_tuple).hex()
    for name in documents.names(SALT):
        if name.startswith(prefix):
            value = parse_json(documents.get(SALT, name), f"document {name}", limit=LIMIT)
            assert isinstance(value, dict)  # noqa: S101 # we wrote it
            salt = int(str(value["salt"]))
            place = manifest.addresses[CATALOGUE]
            lineage = policy.lineage(manifest.chain_id, place, session.me, salt)
            state = session.call(CATALOGUE, "lineage", lineage)[9]
            if state == 0 or (state == LineageState.PUBLISHED and not new_budget):
                return salt
    return None


def _keep(session: Session, policy: Policy, salt: int) -> None:
    """Before it is sent, so that another run registers the same one."""
    name = f"{keccak_of([policy.abi()], policy.as_tuple).hex()}.{salt & 0xFFFFFFFF:08x}"
    data = written({"format": SALT_FORMAT, "salt": str(salt)})
    session.home.documents.put(SALT, name, data)


def _statement(session: Session, lineage: bytes, roots: list[bytes]) -> bytes:
    """What the owner states, kept in the home; the first one counts."""
    documents, name = session.home.documents, lineage.hex()
    if name not in documents.names(DESTRUCTION):
        data = written(
            {
                "format": DESTRUCTION_FORMAT,
                "lineage": "0x" + name,
                "owner": session.me,
                "roots": ["0x" + root.hex() for root in sorted(roots)],
                "time": session.now,
            }
        )
        documents.put(DESTRUCTION, name, data)
    return documents.get(DESTRUCTION, name)
