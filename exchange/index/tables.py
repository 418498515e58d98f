"""The tables that events are folded into, and what a row of each is found by.

A column is an integer below 2^63, or a text: ids and hashes are 0x and hexadecimal, addresses have
checksums, larger numbers are decimal, lists are JSON. `block` is that of the row's last change.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.exchange.structs import JobSpec, Policy, Record, Terms


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `keys` find a row, and are the first of its columns; `numbers` are integers."""

    name: str
    keys: tuple[str, ...]
    others: tuple[str, ...]
    numbers: frozenset[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """All, in their order."""
        return (*self.keys, *self.others, "block")

    def sql(self, prefix: str) -> str:
        """The statement that makes it; readers' tables have a prefix of their own."""
        kinds = (
            f"{name} {'INTEGER' if name in self.numbers or name == 'block' else 'TEXT'} NOT NULL"
            for name in self.columns
        )
        keys = ", ".join(self.keys)
        return (
            f"CREATE TABLE IF NOT EXISTS {prefix}{self.name} ({', '.join(kinds)}, "
            f"PRIMARY KEY ({keys})) STRICT, WITHOUT ROWID"
        )


def _table(name: str, keys: str, others: str) -> Table:
    """Of words; one that ends in # is a number's column."""
    words = [*keys.split(), *others.split()]
    return Table(
        name,
        tuple(word.rstrip("#") for word in keys.split()),
        tuple(word.rstrip("#") for word in others.split()),
        frozenset(word.rstrip("#") for word in words if word.endswith("#")),
    )


def _fields(struct: type, wide: str, without: str = "") -> str:
    """A struct's fields as columns; numbers but for the wide ones, which are texts."""
    names = [n for n in struct.__dataclass_fields__ if n not in without.split()]  # type: ignore[attr-defined] # each is a dataclass
    return " ".join(name if name in wide.split() else f"{name}#" for name in names)


_RECORD = (
    "verifier developer codehash key_digest r1cs_hash source_hash ceremony_hash schema_hash columns"
)
_TERMS = "board grantee payee lineage circuit doc param salt price expiry"
_SPEC = "opener nonce ask opener_key auditor_key until accept_by prove_by deliver_by doc"
_POLICY = "schema_hash doc_hash approvers template"

TABLES: tuple[Table, ...] = (
    # who is who
    _table("subjects", "subject", "owner is_asset# changed#"),
    _table("delegates", "subject kind delegate", "valid_to"),
    _table("attributes", "subject name value", "valid_to"),
    _table("templates", "template", "doc circuit predicate state#"),
    _table("issuers", "template issuer", "account root revoked"),
    _table("enrolments", "template account", "issuer root valid_to"),
    _table("nullifiers", "template nullifier", "account until"),
    # what there is
    _table(
        "lineages",
        "lineage",
        f"set_by salt {_fields(Policy, _POLICY)} state# head# version_doc",
    ),
    _table("versions", "lineage version#", "doc time#"),
    _table("segments", "root", "lineage added# withdrawn# rows# units# circuit replaces"),
    _table("allowed", "lineage circuit", "is_on#"),
    _table("budgets", "lineage", "limit_bits# held# spent#"),
    _table("circuits", "circuit", f"state# {_fields(Record, _RECORD)}"),
    _table("council", "registry", "members threshold# nonce# auditor_key"),
    # who may do what, and what was done
    _table("boards", "listed_board", "is_on# was_on#"),
    _table(
        "grants", "grant_id", f"state# used# open# next_ticket# leak_bits# {_fields(Terms, _TERMS)}"
    ),
    _table(
        "jobs",
        "job",
        f"board state# kind# opened# {_fields(JobSpec, _SPEC, 'steps')} scheme band",
    ),
    _table(
        "steps",
        "job step#",
        "grant_id lineage circuit submitter root ticket# is_proved# is_delivered# results"
        " result_hash w0 w1",
    ),
    # evidence
    _table(
        "entries",
        "entry",
        "asset sequence# stage# level# digest signers author parents is_confirmed#",
    ),
    _table("heads", "asset", "hash sequence# stage#"),
    # points
    _table("balances", "holder", "points"),
    _table("allowances", "holder board", "points"),
    _table("escrows", "board key", "payer points"),
    _table("earnings", "board holder", "points"),
    _table("issues", "settlement", "points"),
)
BY_NAME = {table.name: table for table in TABLES}
