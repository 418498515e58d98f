// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CircuitRegistry} from "./CircuitRegistry.sol";
import {CredentialRegistry} from "./CredentialRegistry.sol";
import {DataCatalogue} from "./DataCatalogue.sol";
import {AlreadyProved, AuditorKeyStale, CredentialNotCurrent, GrantExpired} from "./Errors.sol";
import {NotAllowed, SchemeMismatch, TooEarly, TooLate, Unknown, WrongKind} from "./Errors.sol";
import {WrongOpening, WrongState} from "./Errors.sol";
import {EvidenceLedger} from "./EvidenceLedger.sol";
import {IdentityRegistry} from "./IdentityRegistry.sol";
import {Settlement} from "./Settlement.sol";
import {JOB_CLOSED, JOB_FAILED, JOB_OPEN, JOB_PROVED, JOB_VOID} from "./States.sol";
import {KIND_QUERY, KIND_STATS} from "./States.sol";
import {JobSpec, Scheme, Step, Terms} from "./Structs.sol";
import {UsageGrants} from "./UsageGrants.sol";
import {ACTION_STEP, FIELD, IPoseidonT3, Place, contextWord, requireInField} from "./Words.sol";

/// @title Jobs with one answer
/// @notice A grantee opens a job and locks its price. The lineage's owner proves the answer, sealed
/// and under a lock: now the use is counted. Then anyone posts what opens the lock, and the price is
/// paid. A job that is not proved, or not delivered, gives the price back.
/// @dev Open -> Proved -> Closed; Open -> Void; Proved -> Failed. Its jobs are of one step, whose
/// circuit is of kind 4 or 5. Joint scores (kind 6, several steps, `accept` and `finish`) are for a
/// board of their own, with the same structs, states and errors; here they are WrongKind. Contracts
/// that this one calls call nobody back.
contract JobBoard {
    /// @notice What became of a job.
    struct Job {
        uint8 state;
        uint8 kind; // of its circuit
        uint32 ticket; // the use of the grant
    }

    /// @notice A job is open, and its price is locked.
    event JobOpened(
        bytes32 indexed job,
        address indexed opener,
        JobSpec spec,
        Scheme scheme,
        uint32[] tickets
    );

    /// @notice A step is proved, and its use is counted.
    event StepProved(
        bytes32 indexed job,
        bytes32 indexed lineage,
        uint256 i,
        uint32 ticket,
        bytes32 root,
        uint256[] results,
        uint256[8] proof
    );

    /// @notice A step is delivered: the recipient can open the answer, and the payee is paid.
    event StepDelivered(bytes32 indexed job, uint256 i, uint256 w0, uint256 w1);

    /// @notice A job is done. The band is 0 outside joint scores.
    event JobClosed(bytes32 indexed job, uint256 band);

    /// @notice A job ended early, in state 46 (Void) or 47 (Failed).
    event JobEnded(bytes32 indexed job, uint8 state);

    bytes32 private constant PROVER = "zkpipe/prover";

    /// @notice The registry of circuits.
    CircuitRegistry public immutable circuits;

    /// @notice The registry of owners and delegates.
    IdentityRegistry public immutable identities;

    /// @notice The registry of credentials.
    CredentialRegistry public immutable credentials;

    /// @notice The catalogue.
    DataCatalogue public immutable catalogue;

    /// @notice The grants that jobs use.
    UsageGrants public immutable grants;

    /// @notice The ledger that proofs are written to.
    EvidenceLedger public immutable ledger;

    /// @notice The points that jobs are paid with.
    Settlement public immutable settlement;

    /// @notice The contract that hashes openings.
    IPoseidonT3 public immutable poseidon;

    /// @notice Jobs by their id.
    mapping(bytes32 job => Job) public jobs;

    /// @notice keccak256(abi.encode(results)) of a job that is proved; else 0.
    mapping(bytes32 job => bytes32) public resultHash;

    /// @param circuits_ the address of CircuitRegistry
    /// @param identities_ the address of IdentityRegistry
    /// @param credentials_ the address of CredentialRegistry
    /// @param catalogue_ the address of DataCatalogue
    /// @param grants_ the address of UsageGrants
    /// @param ledger_ the address of EvidenceLedger
    /// @param settlement_ the address of Settlement
    /// @param poseidon_ the address of PoseidonT3
    constructor(
        CircuitRegistry circuits_,
        IdentityRegistry identities_,
        CredentialRegistry credentials_,
        DataCatalogue catalogue_,
        UsageGrants grants_,
        EvidenceLedger ledger_,
        Settlement settlement_,
        IPoseidonT3 poseidon_
    ) {
        (circuits, identities, credentials) = (circuits_, identities_, credentials_);
        (catalogue, grants, ledger) = (catalogue_, grants_, ledger_);
        (settlement, poseidon) = (settlement_, poseidon_);
    }

    /// @notice Open a job, for its opener, who is the grantee and pays.
    /// @dev Checks come in this order: NotAllowed, WrongState, SchemeMismatch(0) without a step,
    /// WrongKind, SchemeMismatch, NotInField, TooLate and TooEarly, AuditorKeyStale, NotAllowed for
    /// the submitter, CredentialNotCurrent, the grant's, InsufficientPoints. Whether the segment can
    /// be asked is not looked at before `submit`.
    /// @param spec the job
    /// @param scheme empty: this board has no joint scores
    function open(JobSpec calldata spec, Scheme calldata scheme) external {
        bytes32 job = jobId(spec);
        Job storage j = jobs[job];
        if (msg.sender != spec.opener) revert NotAllowed(msg.sender);
        if (j.state != 0) revert WrongState(j.state);
        if (spec.steps.length == 0) revert SchemeMismatch(0);
        uint8 kind = circuits.entry(spec.steps[0].terms.circuit).kind;
        if (kind != KIND_STATS && kind != KIND_QUERY) revert WrongKind(kind);
        if (!_isQuery(spec, scheme)) revert SchemeMismatch(0);
        _requireWords(spec);
        Step calldata step = spec.steps[0];
        if (!_maySubmit(step)) revert NotAllowed(step.submitter);
        _requireCredential(step.terms);

        (j.state, j.kind) = (JOB_OPEN, kind);
        uint32[] memory tickets = new uint32[](1);
        tickets[0] = grants.take(step.terms);
        if (step.terms.expiry < spec.proveBy) revert GrantExpired(step.terms.expiry);
        j.ticket = tickets[0];
        settlement.lock(job, msg.sender, step.terms.price);
        emit JobOpened(job, msg.sender, spec, scheme, tickets);
    }

    /// @notice Prove a step, for its submitter. The use is counted; the answer stays locked.
    /// @dev Checks come in this order: Unknown, SchemeMismatch for no such step, NotAllowed for
    /// another sender, NotAllowed for one who is the owner's no more, AlreadyProved, WrongState,
    /// TooLate, SchemeMismatch for another root, the catalogue's, the registry's, the grant's.
    /// @param spec the job
    /// @param i the step: 0
    /// @param root the segment that is proved of: the step's
    /// @param proof a, b, c
    /// @param results the lock, then the sealed answer
    function submit(
        JobSpec calldata spec,
        uint256 i,
        bytes32 root,
        uint256[8] calldata proof,
        uint256[] calldata results
    ) external {
        bytes32 job = jobId(spec);
        Job storage j = jobs[job];
        if (j.state == 0) revert Unknown(job);
        if (i >= spec.steps.length) revert SchemeMismatch(i);
        Step calldata step = spec.steps[i];
        if (msg.sender != step.submitter || !_maySubmit(step)) revert NotAllowed(msg.sender);
        if (resultHash[job] != 0) revert AlreadyProved(i);
        if (j.state != JOB_OPEN) revert WrongState(j.state);
        if (block.timestamp > spec.proveBy) revert TooLate(spec.proveBy);
        if (root != step.root) revert SchemeMismatch(i);
        uint32 ticket = j.ticket;
        circuits.verify(step.terms.circuit, proof, _publics(spec, step, job, ticket, results));

        j.state = JOB_PROVED;
        resultHash[job] = keccak256(abi.encode(results));
        grants.use(step.terms, ticket);
        bytes32 digest = keccak256(abi.encode(job, i, root, results));
        ledger.record(catalogue.assetOf(step.terms.lineage), digest, new bytes32[](0));
        emit StepProved(job, step.terms.lineage, i, ticket, root, results, proof);
    }

    /// @notice Post what opens a step's lock: the recipient can read the answer, and the payee is
    /// paid. Anyone may.
    /// @dev Checks come in this order: WrongState, TooLate, WrongOpening. The words are below the
    /// field's prime, since the hash reduces what it is given.
    /// @param spec the job
    /// @param i the step: 0
    /// @param results those that were proved
    /// @param w0 what wraps the answer's key for the recipient
    /// @param w1 what wraps it for the auditor
    function deliver(
        JobSpec calldata spec,
        uint256 i,
        uint256[] calldata results,
        uint256 w0,
        uint256 w1
    ) external {
        bytes32 job = jobId(spec);
        Job storage j = jobs[job];
        if (j.state != JOB_PROVED) revert WrongState(j.state);
        if (block.timestamp > spec.deliverBy) revert TooLate(spec.deliverBy);
        bool isProved = i < spec.steps.length && keccak256(abi.encode(results)) == resultHash[job];
        if (!isProved || results.length == 0 || !_opens(results[0], w0, w1)) revert WrongOpening(i);

        j.state = JOB_CLOSED;
        Terms calldata t = spec.steps[i].terms;
        settlement.pay(job, t.payee, t.price);
        emit StepDelivered(job, i, w0, w1);
        emit JobClosed(job, 0);
    }

    /// @notice End a job that was not proved, or not delivered, in time: the price goes back. Anyone
    /// may.
    /// @param spec the job
    function expire(JobSpec calldata spec) external {
        bytes32 job = jobId(spec);
        Job storage j = jobs[job];
        bool isProved = j.state == JOB_PROVED;
        if (!isProved && j.state != JOB_OPEN) revert WrongState(j.state);
        uint64 end = isProved ? spec.deliverBy : spec.proveBy;
        if (block.timestamp <= end) revert TooEarly(end);

        j.state = isProved ? JOB_FAILED : JOB_VOID;
        Terms calldata t = spec.steps[0].terms;
        if (!isProved) grants.drop(t, j.ticket);
        settlement.refund(job, spec.opener, t.price);
        emit JobEnded(job, j.state);
    }

    /// @notice The id of a job.
    /// @param spec the job
    /// @return keccak256(abi.encode(chain id, this, spec))
    function jobId(JobSpec calldata spec) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), spec));
    }

    /// @dev Words of proofs to come, and deadlines.
    function _requireWords(JobSpec calldata spec) private view {
        requireInField(spec.ask);
        requireInField(spec.openerKey);
        if (block.timestamp >= spec.proveBy) revert TooLate(spec.proveBy);
        if (spec.deliverBy <= spec.proveBy) revert TooEarly(spec.deliverBy);
        uint256 auditorKey = circuits.auditorKey();
        if (spec.auditorKey != auditorKey) revert AuditorKeyStale(auditorKey);
    }

    function _requireCredential(Terms calldata t) private view {
        uint256 template = catalogue.lineage(t.lineage).template;
        if (template != 0 && !credentials.valid(template, msg.sender)) {
            revert CredentialNotCurrent(template, msg.sender);
        }
    }

    /// @dev The submitter is the owner or the owner's prover, now.
    function _maySubmit(Step calldata step) private view returns (bool) {
        address owner = catalogue.ownerOf(step.terms.lineage);
        return
            step.submitter == owner || identities.validDelegate(owner, PROVER, step.submitter);
    }

    function _opens(uint256 lock, uint256 w0, uint256 w1) private view returns (bool) {
        return w0 < FIELD && w1 < FIELD && poseidon.hash([w0, w1]) == lock;
    }

    /// @dev results | ctx root ask floor recipient auditor
    function _publics(
        JobSpec calldata spec,
        Step calldata step,
        bytes32 job,
        uint32 ticket,
        uint256[] calldata results
    ) private view returns (uint256[] memory words) {
        Terms calldata t = step.terms;
        uint256 n = results.length;
        words = new uint256[](n + 6);
        for (uint256 k; k < n; ++k) words[k] = results[k];
        words[n] = contextWord(
            address(this),
            Place({
                circuit: t.circuit,
                action: ACTION_STEP,
                job: job,
                grant: grants.grantId(t),
                useNumber: ticket,
                submitter: msg.sender,
                payee: t.payee,
                deadline: spec.proveBy
            })
        );
        words[n + 1] = uint256(step.root);
        words[n + 2] = spec.ask;
        words[n + 3] = catalogue.usable(t.lineage, t.version, step.root);
        (words[n + 4], words[n + 5]) = (spec.openerKey, spec.auditorKey);
    }

    /// @dev One step with a root, asked by its grantee, and nothing of a joint score.
    function _isQuery(JobSpec calldata spec, Scheme calldata scheme) private pure returns (bool) {
        Step calldata step = spec.steps[0];
        return
            spec.steps.length == 1 &&
            step.root != 0 &&
            step.terms.grantee == spec.opener &&
            spec.until == 0 &&
            spec.acceptBy == 0 &&
            scheme.lender == address(0) &&
            scheme.lineages.length == 0 &&
            scheme.circuits.length == 0 &&
            scheme.band == 0 &&
            scheme.doc == 0;
    }
}
