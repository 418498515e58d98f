"""docs/gas.md: what each operation on the contracts of an exchange costs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from zkpipe.benchmarks.exchange_gas.stage import sizes
from zkpipe.benchmarks.exchange_gas.table import rounded, table
from zkpipe.benchmarks.exchange_gas.verifiers import section
from zkpipe.exchange.deployment.layout import ORDER

CONTRACTS = (
    "IdentityRegistry",
    "CircuitRegistry",
    "DataCatalogue",
    "UsageGrants",
    "JobBoard",
    "EvidenceLedger",
    "Settlement",
    "CredentialRegistry",
)
INSIDE = {  # what only the exchange's own contracts can call: its gas is in their operations
    "IdentityRegistry": {"bindAsset"},
    "CircuitRegistry": {"authorise"},
    "DataCatalogue": {"hold", "spend", "release"},
}
CODE_LIMIT = 24_576  # bytes, EIP-170

HEAD = """\
# gas: what the contracts cost

`python -m zkpipe.benchmarks.exchange_gas` writes this page. It deploys an exchange on anvil, sends
every operation as a transaction, and takes the gas from the receipts. A test compares the page with
what the operations cost now. [The verifiers](#verifiers) that zkpipe generates stand at the end.

- Figures are rounded to 100 gas. Proofs, keys and signatures have a few zero bytes more or less
  each time, and zero bytes are cheaper.
- The council has three members, of whom two sign. So do a list's three approvers and confirmers.
- Operations that take a proof use the verifier of a circuit with as many public values as the
  exchange's own circuit has: five to register a segment, seven to update one, nine for an answer,
  eight for a credential. What a verification takes depends on that number only: about 195,000 gas,
  and 7,000 for each public value.
- An operation costs more the first time it writes to a place. Where that matters, both are given.
"""


def page(gas: Mapping[str, int], verifiers: Mapping[tuple[str, int], int]) -> str:
    """The page's text, from the gas of each operation and of the generated verifiers."""
    contracts = "".join(_contract(name, gas) for name in CONTRACTS)
    return HEAD + _whole(gas) + _deployment(gas) + contracts + section(verifiers)


def figures(text: str) -> dict[str, int]:
    """The gas of each operation, read from the page."""
    found: dict[str, int] = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        row = re.fullmatch(r"\| `(\w+)`(, .*?)? \|(?: [\d,]+ \|)? ([\d,]+) \|", line)
        if row is not None and section in (*CONTRACTS, "Deployment"):
            name = f"deploy {row[1]}" if section == "Deployment" else f"{section}.{row[1]}"
            found[name + (row[2] or "")] = int(row[3].replace(",", ""))
        row = re.fullmatch(r"\| (a verifier, \d+ public values) \|(?: [\d,]* \|) ([\d,]+) \|", line)
        if row is not None:
            found[f"deploy {row[1]}"] = int(row[2].replace(",", ""))
    return found


def _whole(gas: Mapping[str, int]) -> str:
    """What people do takes several operations."""
    grant = gas["UsageGrants.request"] + gas["UsageGrants.approve"]
    answers = {
        nth: sum(gas[f"JobBoard.{step}, {nth}"] for step in ("open", "submit", "deliver"))
        for nth in ("the first", "a later one")
    }
    one, two = (gas[f"DataCatalogue.publish, {n}"] for n in ("one new segment", "two new segments"))
    rows = [
        ("deploy an exchange", sum(gas[f"deploy {name}"] for name in ("Deployer", *ORDER))),
        ("request a grant and approve it", grant),
        ("ask, prove and deliver an answer, the first of a grant", answers["the first"]),
        ("ask, prove and deliver an answer, a later one", answers["a later one"]),
        ("each further segment in a call of `publish`, 1,024 rows", two - one),
    ]
    return "\n## In all\n\n" + table(("what", "gas"), [(what, _gas(n)) for what, n in rows])


def _deployment(gas: Mapping[str, int]) -> str:
    bytes_of = sizes()
    rows = [
        (f"`{name}`", f"{bytes_of[name]:,}", _gas(gas[f"deploy {name}"]))
        for name in ("Deployer", *ORDER)
    ]
    verifiers = sorted(name for name in gas if name.startswith("deploy a verifier"))
    rows += [(name.removeprefix("deploy "), "", _gas(gas[name])) for name in verifiers]
    return (
        f"\n## Deployment\n\nA contract's code may have {CODE_LIMIT:,} bytes (EIP-170). The first "
        "contract creates the others.\n\n" + table(("contract", "bytes", "gas"), rows)
    )


def _contract(contract: str, gas: Mapping[str, int]) -> str:
    rows = []
    for name, used in gas.items():
        owner, _, operation = name.partition(".")
        if owner == contract:
            function, comma, note = operation.partition(", ")
            rows.append((f"`{function}`{comma}{note}", _gas(used)))
    return f"\n## {contract}\n\n" + table(("operation", "gas"), rows)


def _gas(gas: int) -> str:
    return f"{rounded(gas):,}"
