"""deploy: begun on disk before it is sent, and finished by the same command however it ended."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, development_row, printable, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.warned import Warned
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import output
from zkpipe.cli.files.password import given_password
from zkpipe.cli.files.piped import SOURCE, Piped
from zkpipe.cli.files.verifier_file import (
    ACCEPT,
    compiled_verifier,
    read_verifier,
    standing_rows,
)
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from zkpipe.verifier_contracts import Chain, CompiledContract, Deployment
    from zkpipe.verifier_contracts.deployment_file import DeploymentFile
    from zkpipe.verifier_contracts.solidity.standing import Standing
    from zkpipe.verifier_contracts.transactions.begun import Begun
    from zkpipe.verifier_contracts.transactions.terms import Terms

EVM_VERSIONS = ("istanbul", "berlin", "london", "paris", "shanghai", "cancun", "prague", "osaka")
REPRICED = (
    "Should the chain raise the price of the pairing by more than an eighth, verifyProof reverts "
    "for every proof, right ones too: deploy the contract again then."
)
LAG = 10.0  # seconds that nodes behind one URL may be apart


class Wei(click.ParamType[int]):
    """An amount: wei, or a number with a unit."""

    name = "amount"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """The wei."""
        from zkpipe.verifier_contracts.errors import ArgumentError
        from zkpipe.verifier_contracts.transactions.terms import wei

        try:
            return value if isinstance(value, int) else wei(value)
        except ArgumentError as error:
            self.fail(f"{error.problem} {error.fix}", param, ctx)


@command(
    "deploy",
    example="zkpipe deploy verifier.sol deployment.json --rpc http://127.0.0.1:8545",
    status="Exit status 3: no Solidity compiler is here, or no node answers.",
)
@click.argument("verifier", metavar="VERIFIER.sol", type=FILE)
@click.argument("deployment", metavar="DEPLOYMENT.json", type=FILE)
@click.option("--rpc", metavar="URL", required=True, help="Of a node, http or https.")
@click.option(
    "--keystore", metavar="FILE", type=FILE, help="Account to sign with; else the node's first."
)
@click.option(
    "--password-file",
    metavar="FILE",
    type=SOURCE,
    help="First line: the keystore's password; - or a pipe too. Without it a terminal is asked.",
)
@click.option(
    "--chain-id",
    metavar="N",
    type=click.IntRange(1, (1 << 63) - 37),
    help="The chain that is meant; needed to sign with a keystore.",
)
@click.option(
    "--max-fee",
    metavar="AMOUNT",
    type=Wei(),
    help="The most that the whole deployment may cost; refused if it could be more.",
)
@click.option(
    "--gas-price",
    metavar="AMOUNT",
    type=Wei(),
    help="The most to pay per gas, the priority fee included.",
)
@click.option(
    "--priority-fee",
    metavar="AMOUNT",
    type=Wei(),
    help="Of that, the most for the block's producer.",
)
@click.option("--nonce", metavar="N", type=click.IntRange(0, (1 << 64) - 2), help="Of the account.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.IntRange(1, 86_400),
    default=120,
    show_default=True,
    help="How long to wait until it is mined.",
)
@click.option(
    "--evm-version",
    type=click.Choice(EVM_VERSIONS),
    default="shanghai",
    show_default=True,
    help="The oldest EVM that must run the contract.",
)
@click.option("--force", is_flag=True, help="Replace the record of a finished deployment.")
@ACCEPT
def deploy(
    verifier: Path,
    deployment: Path,
    rpc: str,
    keystore: Path | None,
    password_file: Path | Piped | None,
    chain_id: int | None,
    evm_version: str,
    force: bool,
    accept_unverified: str | None,
    **wishes: Any,
) -> Answer:
    """Compile a verifier and deploy it on the chain of a node.

    DEPLOYMENT.json is written before anything is sent. However the command ends, run it again: it
    finishes the deployment that was begun, and never pays twice. Refused is a verifier under whose
    key anyone could forge proofs.

    On other than development chains the key must be from a ceremony, and you must have verified it
    (`zkpipe key verify`) or have its digest in your list. Else the verifier must have been exported
    with a REASON. If zkpipe did not generate it, or it claims a ceremony that you have not
    verified, give the REASON here.

    An AMOUNT is in wei, or has a unit: 2gwei, 0.01ether.
    """
    if password_file is not None and keystore is None:
        raise click.UsageError("--password-file goes with --keystore.", click.get_current_context())
    from zkpipe.verifier_contracts import Chain, Settings
    from zkpipe.verifier_contracts.accepting import accepted
    from zkpipe.verifier_contracts.deployment_file import DeploymentFile
    from zkpipe.verifier_contracts.transactions.terms import Terms

    expect((verifier, Kind.SOLIDITY))
    inputs = [verifier, *(path for path in (keystore, password_file) if path)]
    file = DeploymentFile(output(deployment, inputs), _show)
    _refuse_finished(file, force)
    compile_kernels()
    source, key = read_verifier(verifier)
    with progress("compiling the verifier"):
        compiled = compiled_verifier(source, verifier, Settings(evm_version=evm_version))
    file.contract = compiled.name
    named = _named_chain(file, compiled, chain_id)
    if keystore is not None and named is None:
        raise _nameless(Chain.connect(rpc))
    account = _account(keystore, password_file)
    with progress("deploying"):
        chain = Chain.connect(rpc, account, chain_id=named)
        standing = accepted(source, key, chain.chain_id, accept_unverified)
        record = _record(chain, compiled, file, Terms(**wishes), force, standing)
    return _answer(deployment, record, file, key.development)


def _answer(path: Path, record: Deployment, file: DeploymentFile, development: bool) -> Answer:
    begun, compiled, standing = file.last, record.compiled, record.standing
    assert begun is not None  # noqa: S101 # the record follows from it
    bounds_the_pairing = any(entry.get("name") == "PAIRING_GAS" for entry in compiled.abi)
    return Answer(
        {
            "deployment": str(path),
            "contract": compiled.name,
            "address": record.address,
            "chain_id": record.chain_id,
            "account": begun.account,
            "nonce": begun.nonce,
            "max_fee": str(begun.cost),
            "transaction": record.transaction_hash,
            "gas_used": record.gas_used,
            "development": development,
            "provenance": None if standing is None else standing.provenance.word,
            "unverified_reason": None if standing is None else standing.reason,
        },
        table(
            [
                ("contract", f"{compiled.name} at {record.address}, chain {record.chain_id}"),
                ("transaction", record.transaction_hash),
                ("gas", f"{record.gas_used:,}"),
                ("record", path),
                *standing_rows(standing),
                *development_row(development),
                *([("note", REPRICED)] if bounds_the_pairing else []),
            ]
        ),
    )


def _record(
    chain: Chain,
    compiled: CompiledContract,
    file: DeploymentFile,
    terms: Terms,
    force: bool,
    standing: Standing,
) -> Deployment:
    """Finish what was begun, or begin; the file holds the record when this returns."""
    from zkpipe.verifier_contracts import Contract, Deployment
    from zkpipe.verifier_contracts.errors import NonceTakenError
    from zkpipe.verifier_contracts.transactions.sending import name

    contract = None
    if file.begun is not None and file.begun.failed is None:
        begun = file.begun.begun
        try:
            receipt = chain.finish(begun, compiled.abi, terms, file)
            contract = Contract(chain, str(receipt.contract_address), compiled.abi, receipt)
        except NonceTakenError as error:
            if not force:
                error.fix = f"Give --force to deploy anew, or remove {file.path}."
                raise
    if contract is None:
        deployed = {compiled.name: compiled}
        contract = chain.deploy(deployed, compiled.name, terms=terms, keeper=file)
    try:
        record = Deployment.of(contract, compiled, standing)
        _confirm(record, chain)
        file.finish(record)
    except BaseException as error:
        if file.last is not None:
            name(error, file.last, file.fix)
        raise
    return record


def _confirm(record: Deployment, chain: Chain) -> None:
    """Wait until the node shows the contract. Raises NoCodeError if it shows another, or none."""
    from zkpipe.verifier_contracts.errors import NoCodeError

    deadline = time.monotonic() + LAG
    while True:
        try:
            record.attach(chain)
        except NoCodeError:
            if time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(0.5)


def _show(begun: Begun) -> None:
    """Say what is about to be signed here; with --json the record and the answer do."""
    context = click.get_current_context()
    warned = context.find_object(Warned)
    if context.params["keystore"] is None or (warned is not None and warned.as_json):
        return
    lines = [
        f"signing for chain {begun.chain_id} as {begun.account}, nonce {begun.nonce}",
        f"cost: {begun.terms()}",
    ]
    click.echo(printable("\n".join(lines)), err=True)


def _refuse_finished(file: DeploymentFile, force: bool) -> None:
    from zkpipe.ground.files.reading import FileError

    if force:
        return
    if file.is_finished:
        raise FileError(
            f"{file.path} is the record of a finished deployment.",
            "Give another name, or --force to deploy and pay once more and replace the record.",
        )
    if file.begun is not None and file.begun.failed is not None:
        raise FileError(
            f"{file.path} is the record of a deployment that failed: transaction "
            f"{file.begun.failed} was mined and reverted.",
            "Find out why; then give --force to deploy and pay once more.",
        )


def _named_chain(
    file: DeploymentFile, compiled: CompiledContract, chain_id: int | None
) -> int | None:
    """The chain that the option or the record names. Raises if something else was begun."""
    from zkpipe.ground.files.reading import FileError
    from zkpipe.verifier_contracts.errors import WrongChainError

    if file.begun is None or file.begun.failed is not None:
        return file.chain_id if chain_id is None else chain_id
    if file.begun.begun.data != compiled.bytecode:
        raise FileError(
            f"{file.path} began the deployment of another contract than this source's.",
            "Finish it with the source and the EVM version that it was begun with, or give another "
            "name.",
        )
    if chain_id not in (None, file.chain_id):
        raise WrongChainError(
            f"{file.path} began a deployment on chain {file.chain_id}; --chain-id is {chain_id}.",
            "Finish it there, or give another name.",
        )
    return file.chain_id


def _nameless(chain: Chain) -> Exception:
    from zkpipe.verifier_contracts.errors import WrongChainError

    return WrongChainError(
        f"{chain.place} serves chain {chain.chain_id}; a signature is for the chain that you name.",
        f"Give --chain-id {chain.chain_id}, if that is the chain you mean.",
    )


def _account(keystore: Path | None, password_file: Path | Piped | None) -> LocalAccount | None:
    """The account to sign with; None for the node's."""
    from zkpipe.verifier_contracts import keystore_account
    from zkpipe.verifier_contracts.errors import AccountError

    if keystore is None:
        return None
    return keystore_account(keystore, given_password(keystore, password_file, AccountError))
