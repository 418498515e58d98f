"""Deploy the contracts of an exchange.

A Deployer is created first, then it creates the contracts in their order. Another transaction of
the account in between changes no address, since these follow from the Deployer's address and from
how many contracts it has created. Each step looks at the chain first, and the Deployer creates
nothing twice: a run that was ended anywhere, or that a reorganisation has undone, is finished by
the next run with the same file.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from zkpipe.exchange.deployment.chain_identity import genesis_of, used_nonces
from zkpipe.exchange.deployment.council import Council
from zkpipe.exchange.deployment.expected_code import code_left_by
from zkpipe.exchange.deployment.layout import ORDER, addresses_from, creation_code
from zkpipe.exchange.deployment.manifest import (
    DEPTH,
    MOST_DEPTH,
    Manifest,
    check_code,
    expected_codes,
)
from zkpipe.exchange.deployment.progress import Progress, ProgressFile
from zkpipe.exchange.errors import DeploymentError, OtherChainError
from zkpipe.exchange.words import keccak
from zkpipe.ground.kinds import require, require_path, require_whole
from zkpipe.verifier_contracts import Chain, CompiledContract, Receipt, Terms
from zkpipe.verifier_contracts.errors import NonceTakenError, RevertError
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

ANOTHER = "Give another name for the manifest of another exchange."


def deploy(
    chain: Chain,
    council: Council,
    path: str | Path | None = None,
    *,
    depth: int | None = None,
    terms: Terms | None = None,
) -> Manifest:
    """Deploy the contracts of an exchange, or finish a deployment; its manifest.

    path   of the manifest. What was begun is kept there meanwhile. A finished manifest there is
           checked and returned. Without a path a run that is ended cannot be continued.
    depth  how many blocks above a block make it final: 12, on the embedded chain 0
    terms  fees and time of each transaction, on a node

    The council must then list the board: see `opening_action`.

    Raises OtherChainError if the file is of another chain, OtherCodeError if something else lies
    where a contract should be, DeploymentError if the file is of another council or account. An
    error of a transaction says what to do; the next run goes on after it.

    Cost: 10 transactions, 19 M gas in all, the largest 4 M.
    """
    require("deploy", "chain", chain, Chain, "Give what Chain.connect gives.")
    require("deploy", "council", council, Council, "Give Council(members, threshold, key).")
    if depth is None:
        depth = 0 if chain.is_embedded else DEPTH
    depth = require_whole("deploy", "depth", depth, most=MOST_DEPTH)
    file = ProgressFile(None if path is None else require_path("deploy", "path", path))
    if file.finished is not None:
        return _finished(file.finished, chain, council)
    work = _Deployment(chain, file, terms)
    work.begin(council)
    return work.manifest(depth)


def _finished(manifest: Manifest, chain: Chain, council: Council) -> Manifest:
    if (manifest.members, manifest.threshold) != (council.members, council.threshold):
        raise DeploymentError("The manifest there is of an exchange with another council.", ANOTHER)
    manifest.check(chain)
    return manifest


class _Deployment:
    """One run."""

    def __init__(self, chain: Chain, file: ProgressFile, terms: Terms | None) -> None:
        self._chain, self._file, self._terms = chain, file, terms
        self._contracts = exchange_contracts()

    @property
    def _progress(self) -> Progress:
        assert self._file.progress is not None  # noqa: S101 # `begin` comes first
        return self._file.progress

    def begin(self, council: Council) -> None:
        """Take up what was begun, or begin."""
        chain = self._chain
        here = Progress(chain.chain_id, genesis_of(chain), council, chain.account)
        there = self._file.progress
        if there is None:
            self._file.update(here)
            return
        if (there.chain_id, there.genesis) != (here.chain_id, here.genesis):
            raise OtherChainError(
                f"The deployment was begun on chain {there.chain_id} with the first block "
                f"{there.genesis}; {chain.place} serves another chain.",
                "Give the URL of a node of that chain, or another name for the manifest.",
            )
        if there.council != council:
            raise DeploymentError("The deployment was begun with another council.", ANOTHER)
        if there.account != here.account:
            raise DeploymentError(
                f"The deployment was begun by account {there.account}, which alone can finish it.",
                "Give that account to sign with, or another name for the manifest.",
            )

    def manifest(self, depth: int) -> Manifest:
        """Do what is left to do."""
        self._finish_begun()
        deployer = self._deployer()
        codes = expected_codes(deployer, self._progress.chain_id)
        addresses = addresses_from(deployer)
        for place, name in enumerate(ORDER, 1):
            if not self._chain.code(addresses[name]):
                self._create(deployer, place, name)
            check_code(self._chain, name, addresses[name], codes[name])
        block = self._progress.block
        assert block is not None  # noqa: S101 # there is a Deployer
        manifest = Manifest(
            chain_id=self._progress.chain_id,
            genesis=self._progress.genesis,
            block=block,
            depth=depth,
            deployer=deployer,
            members=self._progress.council.members,
            threshold=self._progress.council.threshold,
            codes={name: keccak(code).hex() for name, code in codes.items()},
        )
        manifest.check(self._chain)
        self._file.finish(manifest)
        return manifest

    def _finish_begun(self) -> None:
        """Wait for a transaction that an earlier run began."""
        begun = self._progress.begun
        if begun is None:
            return
        if used_nonces(self._chain, begun.account) < begun.nonce:
            # A reorganisation undid transactions before it: it may wait for them for ever. If it is
            # mined after all, it creates what is missing, or the Deployer refuses it.
            self._file.update(replace(self._progress, begun=None))
            return
        try:
            abi = self._contracts["Deployer"].abi
            receipt = self._chain.finish(begun, abi, self._terms, self._file)
        except (NonceTakenError, RevertError):  # another transaction of the account came before
            self._file.update(replace(self._progress, begun=None))
            return
        if begun.to is None:
            self._note_deployer(receipt)
        else:
            self._file.update(replace(self._progress, begun=None))

    def _deployer(self) -> str:
        """The address of the Deployer; it is created unless it is there."""
        compiled = self._contracts["Deployer"]
        there = self._progress.deployer
        if there is not None and not self._chain.code(there):  # a reorganisation undid it
            there = None
            self._file.update(replace(self._progress, deployer=None, block=None))
        if there is None:
            contract = self._chain.deploy(
                {"Deployer": compiled}, "Deployer", terms=self._terms, keeper=self._file
            )
            assert contract.receipt is not None  # noqa: S101 # it was deployed
            self._note_deployer(contract.receipt)
        deployer = self._progress.deployer
        assert deployer is not None  # noqa: S101 # noted above
        creation = bytes.fromhex(compiled.bytecode[2:])
        account, chain_id = self._progress.account, self._progress.chain_id
        code = code_left_by(creation, deployer, account, chain_id)
        check_code(self._chain, "Deployer", deployer, code)
        return deployer

    def _note_deployer(self, receipt: Receipt) -> None:
        self._file.update(
            replace(
                self._progress,
                deployer=receipt.contract_address,
                block=receipt.block_number,
                begun=None,
            )
        )

    def _create(self, deployer: str, place: int, name: str) -> None:
        """Have the Deployer create a contract."""
        compiled: CompiledContract = self._contracts[name]
        creation = creation_code(compiled, addresses_from(deployer), self._progress.council)
        tool = self._chain.at(deployer, self._contracts["Deployer"].abi)
        call = {"to": deployer, "data": tool.calldata("create", place, creation)}
        abi = [*tool.abi, *(entry for entry in compiled.abi if entry["type"] == "error")]
        try:
            self._chain.transact(call, abi, terms=self._terms, keeper=self._file)
        except RevertError as error:
            if error.name != "WrongPlace" or not self._chain.code(addresses_from(deployer)[name]):
                raise  # else an earlier run's transaction was mined meanwhile
        self._file.update(replace(self._progress, begun=None))
