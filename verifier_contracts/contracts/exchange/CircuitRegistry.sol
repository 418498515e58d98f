// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Council} from "./Council.sol";
import {NotFloorSafe, WrongState} from "./Errors.sol";
import {CIRCUIT_ACTIVE, CIRCUIT_PROPOSED, CIRCUIT_RETIRED, KIND_QUERY} from "./States.sol";
import {Record, Sigs} from "./Structs.sol";
import {requireInField} from "./Words.sol";

/// @title Circuits whose proofs count
/// @notice Anyone proposes a circuit with its verifier. The council reads it and lists it. Verifying
/// keys come from here only, never from who sends a proof.
/// @dev Proposed -> Active -> Retired. The codehash can differ between chains for one circuit: the
/// verifier keeps the price of the pairing, measured at its deployment, in its code.
contract CircuitRegistry is Council {
    /// @notice What contracts read of a circuit; its whole Record is in the event and in its id.
    struct Entry {
        address verifier;
        bytes4 selector; // of its verifyProof
        uint24 leakBits;
        uint8 kind;
        uint8 results;
        uint8 words;
        uint8 state;
        bool floorSafe;
        bytes32 schemaHash;
        address developer;
        uint64 columns;
        uint8 shape;
        uint8 provenance;
        bool development;
    }

    /// @notice A development key, which could forge proofs, is of no use on chain `chainid`.
    error DevelopmentKey(uint256 chainid);

    /// @notice The verifier is not the one that the record describes.
    error WrongVerifier();

    /// @notice The verifier gave no answer: B of the proof is not in its group, or there was too
    /// little gas. In the second case the same call passes with more.
    error VerifierFailed();

    /// @notice This is no proof of circuit `id` for the public values that belong to this place.
    error ProofRejected(bytes32 id);

    /// @notice A circuit waits for the council.
    event CircuitProposed(bytes32 indexed id, Record record);

    /// @notice Proofs of a circuit count from now on.
    event CircuitApproved(bytes32 indexed id);

    /// @notice Proofs of a circuit count no more.
    event CircuitRetired(bytes32 indexed id);

    /// @notice Answers are sealed to another key of the auditor's from now on.
    event AuditorKeySet(uint256 y);

    // the chains of development: eth-tester's two, and the one embedded in zkpipe
    uint256 private constant GANACHE = 1337;
    uint256 private constant ANVIL = 31337;
    uint256 private constant EMBEDDED = 131277322940537;

    /// @notice The key of the auditor, to which boards have answers sealed.
    uint256 public auditorKey;

    mapping(bytes32 id => Entry) private _entries;

    /// @param members_ of the council, in any order
    /// @param threshold_ how many of them decide
    /// @param auditorKey_ the key of the auditor
    constructor(
        address[] memory members_,
        uint256 threshold_,
        uint256 auditorKey_
    ) Council(members_, threshold_) {
        _setAuditorKey(auditorKey_);
    }

    /// @notice Propose a circuit. Anyone may.
    /// @dev The verifier's code cannot change afterwards but by selfdestruct, which a contract that
    /// was deployed in an earlier transaction no longer has on chains since Cancun; the council sees
    /// the code. Kind 5, a developer's own function, cannot keep the floor.
    /// @param record all that is known of it
    /// @return id keccak256(abi.encode(record))
    function propose(Record calldata record) external returns (bytes32 id) {
        id = keccak256(abi.encode(record));
        Entry storage e = _entries[id];
        if (e.state != 0) revert WrongState(e.state);
        if (record.kind == KIND_QUERY && record.floorSafe) revert NotFloorSafe(id);
        _requireVerifier(record);
        if (record.development) _requireDevelopmentChain();

        e.verifier = record.verifier;
        e.selector = _selector(uint256(record.results) + record.words);
        e.leakBits = record.leakBits;
        e.kind = record.kind;
        e.results = record.results;
        e.words = record.words;
        e.state = CIRCUIT_PROPOSED;
        e.floorSafe = record.floorSafe;
        e.schemaHash = record.schemaHash;
        e.developer = record.developer;
        e.columns = record.columns;
        e.shape = record.shape;
        e.provenance = record.provenance;
        e.development = record.development;
        emit CircuitProposed(id, record);
    }

    /// @notice List a circuit, for the council.
    /// @param id of a proposed circuit
    /// @param s signatures of the council
    function approve(bytes32 id, Sigs calldata s) external {
        _move(id, CIRCUIT_PROPOSED, CIRCUIT_ACTIVE);
        _authorise(address(this), keccak256(abi.encode(this.approve.selector, id)), s);
        emit CircuitApproved(id);
    }

    /// @notice Take a circuit off the list for good, for the council.
    /// @param id of an active circuit
    /// @param s signatures of the council
    function retire(bytes32 id, Sigs calldata s) external {
        _move(id, CIRCUIT_ACTIVE, CIRCUIT_RETIRED);
        _authorise(address(this), keccak256(abi.encode(this.retire.selector, id)), s);
        emit CircuitRetired(id);
    }

    /// @notice Begin an epoch with another key of the auditor's, for the council.
    /// @param y the key's word, below the field's prime
    /// @param s signatures of the council
    function setAuditorKey(uint256 y, Sigs calldata s) external {
        _authorise(address(this), keccak256(abi.encode(this.setAuditorKey.selector, y)), s);
        _setAuditorKey(y);
    }

    /// @notice Goes on only if a proof is right. The circuit must be active.
    /// @dev Checks come in this order: WrongState, DevelopmentKey, ProofRejected for another number
    /// of public values than the circuit has, VerifierFailed, ProofRejected.
    /// @param id of the circuit
    /// @param proof a, b, c
    /// @param publics the results, then the words that the calling contract builds
    function verify(
        bytes32 id,
        uint256[8] calldata proof,
        uint256[] calldata publics
    ) external view {
        Entry storage e = _entries[id];
        if (e.state != CIRCUIT_ACTIVE) revert WrongState(e.state);
        if (e.development) _requireDevelopmentChain();
        if (publics.length != uint256(e.results) + e.words) revert ProofRejected(id);
        (bool answered, bytes memory answer) = e.verifier.staticcall(
            abi.encodePacked(e.selector, proof, publics)
        );
        if (!answered || answer.length != 32) revert VerifierFailed();
        if (uint256(bytes32(answer)) != 1) revert ProofRejected(id);
    }

    /// @notice What contracts read of a circuit.
    /// @param id of the circuit
    /// @return all zeros if nobody proposed it
    function entry(bytes32 id) external view returns (Entry memory) {
        return _entries[id];
    }

    function _move(bytes32 id, uint8 from, uint8 to) private {
        Entry storage e = _entries[id];
        if (e.state != from) revert WrongState(e.state);
        e.state = to;
    }

    function _setAuditorKey(uint256 y) private {
        requireInField(y);
        auditorKey = y;
        emit AuditorKeySet(y);
    }

    /// @dev Verifiers older than PROVENANCE() have provenance 0. A call cannot be starved of gas to
    /// look like an older one: 1/64 of what it had would not suffice to store the entry.
    function _requireVerifier(Record calldata record) private view {
        address verifier = record.verifier;
        if (verifier.code.length == 0 || verifier.codehash != record.codehash) {
            revert WrongVerifier();
        }
        (bool hasKey, uint256 key) = _constant(verifier, "KEY_DIGEST()");
        (bool hasMark, uint256 mark) = _constant(verifier, "DEVELOPMENT_KEY()");
        (, uint256 provenance) = _constant(verifier, "PROVENANCE()"); // 0 without one
        if (
            !hasKey ||
            !hasMark ||
            bytes32(key) != record.keyDigest ||
            mark != (record.development ? 1 : 0) ||
            provenance != record.provenance
        ) revert WrongVerifier();
    }

    /// @dev A constant of a contract, and whether it has it.
    function _constant(
        address from,
        string memory signature
    ) private view returns (bool has, uint256 value) {
        bytes memory answer;
        (has, answer) = from.staticcall(abi.encodeWithSignature(signature));
        has = has && answer.length == 32;
        if (has) value = uint256(bytes32(answer));
    }

    function _requireDevelopmentChain() private view {
        uint256 chain = block.chainid;
        if (chain != GANACHE && chain != ANVIL && chain != EMBEDDED) revert DevelopmentKey(chain);
    }

    /// @dev Of the verifyProof of a verifier for `count` public values.
    function _selector(uint256 count) private pure returns (bytes4) {
        bytes memory signature = abi.encodePacked(
            "verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[",
            _decimal(count),
            "])"
        );
        return bytes4(keccak256(signature));
    }

    function _decimal(uint256 number) private pure returns (bytes memory) {
        bytes1 last = bytes1(uint8(48 + (number % 10)));
        return number < 10 ? bytes.concat(last) : bytes.concat(_decimal(number / 10), last);
    }
}
