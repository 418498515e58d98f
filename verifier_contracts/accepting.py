"""Whether a verifier may be deployed on a chain: asked before anything is sent.

On development chains every verifier may. Elsewhere:

- one of a key from a ceremony, if this user knows that: they verified the key with `zkpipe key
  verify`, or their own list names its digest. A source that says so by itself proves nothing;
- one that was generated with a reason to accept its key, which stands in it;
- any other that zkpipe did not generate, or that claims a ceremony which this user knows nothing
  of, if they give a reason now. It stands in the record of the deployment.

What zkpipe generated without a reason is refused whatever is given now: its constructor reverts.
"""

from __future__ import annotations

from dataclasses import replace

from zkpipe.prover.provenance.kept import kept_key_of_digest
from zkpipe.prover.provenance.kind import Provenance
from zkpipe.prover.proving_key import ProvingKey
from zkpipe.prover.verifying_key import VerifyingKey
from zkpipe.verifier_contracts.errors import UnverifiedKeyError
from zkpipe.verifier_contracts.solidity.source_key import standing_of_source
from zkpipe.verifier_contracts.solidity.standing import (
    DEVELOPMENT_CHAINS,
    Standing,
    checked_reason,
)

_VERIFY = "Verify the key here with `zkpipe key verify`, or put `vkey {digest}` into your list."


def accepted(
    source: str, key: VerifyingKey, chain_id: int, accept_unverified: str | None = None
) -> Standing:
    """What a verifier counts as, and the reason why it may be deployed on a chain.

    key                that the source has
    accept_unverified  what the user says now; None for nothing

    Raises UnverifiedKeyError if it may not, ContractError for a reason that is none, FormatError
    for a list of the user's that is none.
    """
    given = None if accept_unverified is None else checked_reason(accept_unverified)
    says = standing_of_source(source, key)
    if says is None:
        unknown = Provenance.DEVELOPMENT if key.development else Provenance.UNVERIFIED
        return _by_reason(
            Standing(unknown, given),
            chain_id,
            "zkpipe did not generate this verifier as it is, so its key counts as unverified",
            "Export it with `zkpipe export verifier` from a key that you verified",
        )
    if says.provenance is Provenance.CEREMONY:
        if is_known(key):
            return says
        return _by_reason(
            Standing(Provenance.UNVERIFIED, given),
            chain_id,
            "This verifier says that its key is from a ceremony, and you have verified no such key",
            _VERIFY.format(digest=key.digest).rstrip("."),
        )
    if says.reason is None and chain_id not in DEVELOPMENT_CHAINS:
        raise UnverifiedKeyError(
            f"The key of this verifier is {_words(says)}: it is for development chains, and its "
            f"constructor reverts on chain {chain_id}.",
            "Take a key from a ceremony. If you must deploy this one, export the verifier again "
            "with --accept-unverified REASON; the reason is public.",
        )
    return says if says.reason is not None else Standing(says.provenance, given)


def as_known(says: Standing | None, key: VerifyingKey) -> Standing | None:
    """What a verifier's key is to this user, whatever its source or a record says of a ceremony."""
    if says is None or says.provenance is not Provenance.CEREMONY or is_known(key):
        return says
    return replace(says, provenance=Provenance.UNVERIFIED)


def is_known(key: VerifyingKey | ProvingKey) -> bool:
    """Whether this user verified a key with these points, or their list names its digest."""
    if key.provenance is not Provenance.UNVERIFIED:
        return key.provenance is Provenance.CEREMONY
    points = key.verifying_key if isinstance(key, ProvingKey) else key
    return kept_key_of_digest(points.digest) is not None


def _by_reason(standing: Standing, chain_id: int, problem: str, fix: str) -> Standing:
    """A standing that a reason alone makes good. Raises UnverifiedKeyError without one."""
    if standing.reason is None and chain_id not in DEVELOPMENT_CHAINS:
        raise UnverifiedKeyError(
            f"{problem}: it is not deployed on chain {chain_id}.",
            f"{fix}. To deploy it all the same, give --accept-unverified REASON.",
        )
    return standing


def _words(standing: Standing) -> str:
    if standing.provenance is Provenance.DEVELOPMENT:
        return "a development key"
    return "not verified to be from a ceremony"
