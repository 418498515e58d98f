"""The proofs of segments that are to be published, kept as files until they are.

    proofs/ROOT.json    a Segment with its proof, and the place that it is for

Nothing in such a file is private. Segments are proven several at once, and their proofs are on the
disk before the next are begun: a run that was ended proves nothing again that still counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from zkpipe.circuits.solve.many import solve_many
from zkpipe.circuits.solve.solver import flat_inputs
from zkpipe.circuits.witness import Witness
from zkpipe.exchange.canonical import written
from zkpipe.exchange.circuits import register_inputs, update_inputs
from zkpipe.exchange.clients.circuits import Circuits
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.home.folder import erase_file, make_folder, read_own, sweep
from zkpipe.exchange.struct_files import struct_in, struct_json
from zkpipe.exchange.structs import ZERO, Segment
from zkpipe.exchange.words import Context, word_of
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.ground.files.writing import place_file
from zkpipe.prover import Proof, prove_batch, verify_batch
from zkpipe.prover.errors import ProofError
from zkpipe.verifier_contracts import calldata

FOLDER = "proofs"
FORMAT = "zkpipe segment proof 1"
LIMIT = 1 << 14  # bytes of a file
GROUP = 8  # segments that are solved and proven at once: 16 MB of witnesses each
MARGIN = 3600  # seconds that a proof must still count, to be sent


@dataclass(frozen=True, slots=True)
class Wanted:
    """A segment that a lineage is to get.

    replaces  the root of the segment whose place it takes; zeros for none
    circuit   of kind 1, or 2 with `replaces`
    """

    root: bytes
    circuit: bytes
    replaces: bytes = ZERO


@dataclass(frozen=True, slots=True)
class Place:
    """Where the proofs count.

    submitter  the account that publishes
    """

    chain_id: int
    catalogue: str
    lineage: bytes
    schema_hash: bytes
    floor: int
    submitter: str

    def ctx(self, circuit: bytes, deadline: int) -> int:
        """The word that binds a proof to the place."""
        return Context(
            chain_id=self.chain_id,
            contract=self.catalogue,
            circuit=circuit,
            action="publish",
            grant=self.lineage,
            submitter=self.submitter,
            deadline=deadline,
        ).word

    def publics(self, segment: Segment) -> list[int]:
        """What the contract builds for a segment's proof."""
        ctx = self.ctx(segment.circuit, segment.deadline)
        root = int.from_bytes(segment.root, "big")
        words = [segment.rows, segment.units, ctx, root, word_of(self.schema_hash)]
        if segment.replaces == ZERO:
            return words
        return [*words, int.from_bytes(segment.replaces, "big"), self.floor]


class SegmentProofs:
    """The proofs of one lineage's segments, in a home's folder."""

    def __init__(self, folder: Path, place: Place, circuits: Circuits, holdings: Holdings) -> None:
        self._folder, self._place = folder, place
        self._circuits, self._holdings = circuits, holdings

    def prove(
        self,
        wanted: Sequence[Wanted],
        *,
        now: int,
        deadline: int,
        told: Callable[[int, int], None] | None = None,
    ) -> dict[bytes, Segment]:
        """Segments with their proofs, by root: those that are kept and still count, others anew.

        now       the chain's time
        deadline  of proofs that are made now
        told      of how many of how many are there

        Raises UnknownSubjectError, CircuitError; UnsatisfiedError for an update that shows too
        much.

        Cost: 0.35 s of processor time a segment of class 10, with AVX-512, and 2 s to trace the
        circuit.
        """
        make_folder(self._folder)
        found = self._kept(wanted, now)
        missing = [one for one in wanted if one.root not in found]
        for circuit in dict.fromkeys(one.circuit for one in missing):
            of_circuit = [one for one in missing if one.circuit == circuit]
            for first in range(0, len(of_circuit), GROUP):
                if told is not None:
                    told(len(found), len(wanted))
                for made in self._proven(circuit, of_circuit[first : first + GROUP], deadline):
                    self._keep(made)
                    found[made.root] = made
        return found

    def _proven(self, circuit: bytes, some: Sequence[Wanted], deadline: int) -> list[Segment]:
        system, key = self._circuits.system(circuit), self._circuits.key(circuit)
        ctx = self._place.ctx(circuit, deadline)
        rows = [flat_inputs(system, self._inputs(one, ctx)) for one in some]
        witnesses = []
        for outcome in solve_many(system, rows):
            if not isinstance(outcome, Witness):
                raise outcome
            witnesses.append(outcome)
        made = []
        for one, witness, proof in zip(some, witnesses, prove_batch(key, witnesses), strict=True):
            count_rows, count_units = witness.public[:2]
            made.append(
                Segment(
                    root=one.root,
                    replaces=one.replaces,
                    circuit=circuit,
                    rows=count_rows,
                    units=count_units,
                    deadline=deadline,
                    proof=_words(proof, witness.public),
                )
            )
        return made

    def _inputs(self, one: Wanted, ctx: int) -> dict[str, object]:
        new = self._holdings.segment(one.root)
        if one.replaces == ZERO:
            return register_inputs(new, ctx)
        old = self._holdings.segment(one.replaces)
        return update_inputs(self._circuits.template(one.circuit), old, new, ctx, self._place.floor)

    # Files.

    def _keep(self, segment: Segment) -> None:
        data: dict[str, Json] = {
            "format": FORMAT,
            "for": self._said(),
            "segment": struct_json(segment),
        }
        place_file(_file(self._folder, segment.root), written(data))

    def _said(self) -> dict[str, Json]:
        """The place, as files have it."""
        place = self._place
        return {
            "chainId": place.chain_id,
            "catalogue": place.catalogue,
            "lineage": "0x" + place.lineage.hex(),
            "floor": place.floor,
            "submitter": place.submitter,
        }

    def _kept(self, wanted: Sequence[Wanted], now: int) -> dict[bytes, Segment]:
        """Those whose proofs are in files, are for this place, and count long enough."""
        found: dict[bytes, list[Segment]] = {}
        for one in wanted:
            segment = self._read(one.root)
            if (
                segment is not None
                and (segment.root, segment.circuit, segment.replaces)
                == (one.root, one.circuit, one.replaces)
                and segment.deadline > now + MARGIN
            ):
                found.setdefault(one.circuit, []).append(segment)
        kept = {}
        for circuit, segments in found.items():
            for segment, holds in zip(segments, self._hold(circuit, segments), strict=True):
                if holds:
                    kept[segment.root] = segment
        return kept

    def _read(self, root: bytes) -> Segment | None:
        """What a file holds; None if there is none, or it is another place's or damaged."""
        path = _file(self._folder, root)
        if not path.exists():
            return None
        with suppress(ZkpipeError):
            value = parse_json(read_own(path, LIMIT), str(path), limit=LIMIT)
            if isinstance(value, dict) and value.get("for") == self._said():
                return struct_in(Segment, value.get("segment"), str(path))
        return None

    def _hold(self, circuit: bytes, segments: Sequence[Segment]) -> list[bool]:
        """Which proofs of a circuit verify: a wrong one would cost a whole call."""
        key = self._circuits.key(circuit).verifying_key
        proofs = [_proof(segment.proof) for segment in segments]
        sound = [(i, proof) for i, proof in enumerate(proofs) if proof is not None]
        publics = [self._place.publics(segments[i]) for i, _ in sound]
        holds = [False] * len(segments)
        for (i, _), answer in zip(
            sound, verify_batch(key, [proof for _, proof in sound], publics), strict=True
        ):
            holds[i] = answer
        return holds


def drop_proofs(folder: Path, roots: Iterable[bytes]) -> None:
    """Remove the proofs of segments that are published, where there are any.

    What a process left half-written that was killed goes, too: the caller holds the home's lock.
    """
    for root in roots:
        erase_file(_file(folder, root))
    if folder.is_dir():
        sweep(folder)


def _file(folder: Path, root: bytes) -> Path:
    return folder / f"{root.hex()}.json"


def _words(proof: Proof, public: Sequence[int]) -> tuple[int, ...]:
    """A proof as contracts take it."""
    a, b, c = calldata(proof, public)[:3]
    return (*a, *b[0], *b[1], *c)


def _proof(words: Sequence[int]) -> Proof | None:
    """The proof in a contract's words; None if they are not of points."""
    ax, ay, x1, x0, y1, y0, cx, cy = words
    with suppress(ProofError):
        return Proof((ax, ay), ((x0, x1), (y0, y1)), (cx, cy))
    return None
