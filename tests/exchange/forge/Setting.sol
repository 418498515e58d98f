// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CircuitRegistry} from "../../../verifier_contracts/contracts/exchange/CircuitRegistry.sol";
import {CredentialRegistry} from "../../../verifier_contracts/contracts/exchange/CredentialRegistry.sol";
import {DataCatalogue} from "../../../verifier_contracts/contracts/exchange/DataCatalogue.sol";
import {EvidenceLedger} from "../../../verifier_contracts/contracts/exchange/EvidenceLedger.sol";
import {IdentityRegistry} from "../../../verifier_contracts/contracts/exchange/IdentityRegistry.sol";
import {JobBoard} from "../../../verifier_contracts/contracts/exchange/JobBoard.sol";
import {Settlement} from "../../../verifier_contracts/contracts/exchange/Settlement.sol";
import {Policy, Record, Sigs} from "../../../verifier_contracts/contracts/exchange/Structs.sol";
import {UsageGrants} from "../../../verifier_contracts/contracts/exchange/UsageGrants.sol";
import {IPoseidonT3} from "../../../verifier_contracts/contracts/exchange/Words.sol";
import {StubVerifier} from "../contracts/solidity/StubVerifier.sol";
import {vm} from "./Vm.sol";

/// @title An exchange with all that a walk begins with
/// @notice A council of one, a lineage with two approvers, circuits whose verifier takes what it is
/// told to take, points, two boards.
abstract contract Setting {
    string private constant POSEIDON =
        "verifier_contracts/contracts/exchange/compiled/PoseidonT3.json";
    uint256 internal constant COUNCIL_KEY = 0xC0;
    uint256 internal constant FAR = 1 << 40;
    uint256 internal constant POINTS = 2000;
    uint32 internal constant LIMIT = 400;
    uint24 internal constant LEAK = 10;
    uint16 internal constant FLOOR = 20;
    uint256 internal constant AUDITOR = 7001;
    bytes32 internal constant SCHEMA = keccak256("a schema");
    bytes32 internal constant DOC = keccak256("a document");
    uint256 internal constant ISSUER = 8001;
    uint256 internal constant REVOCATION = 8002;

    address internal constant OWNER = address(0xA1);
    address internal constant PROVER = address(0xA2);
    address internal constant GRANTEE = address(0xA3);
    address internal constant PAYEE = address(0xA4);
    address internal constant STRANGER = address(0xA5);
    address internal constant OTHER_BOARD = address(0xA6);
    address internal constant ISSUES = address(0xA7);

    Settlement internal settlement;
    IdentityRegistry internal identities;
    CircuitRegistry internal circuits;
    CredentialRegistry internal credentials;
    DataCatalogue internal catalogue;
    UsageGrants internal grants;
    EvidenceLedger internal ledger;
    JobBoard internal board;
    IPoseidonT3 internal poseidon = IPoseidonT3(address(0x905E1D04));

    mapping(uint8 kind => StubVerifier) internal verifier;
    mapping(uint8 kind => bytes32) internal circuit;
    address[] internal approvers;
    uint256[] internal approverKeys;
    bytes32 internal lineage;
    address internal asset;
    uint256 internal template;
    uint256 internal time;

    function _furnish() internal {
        time = 1_800_000_000;
        vm.warp(time);
        _deploy();
        (uint256 one, uint256 two) = (0xB1, 0xB2);
        if (vm.addr(one) > vm.addr(two)) (one, two) = (two, one);
        (approverKeys, approvers) = (new uint256[](2), new address[](2));
        (approverKeys[0], approverKeys[1]) = (one, two);
        (approvers[0], approvers[1]) = (vm.addr(one), vm.addr(two));

        _list(1, 2, 3);
        _list(3, 1, 7);
        _list(4, 3, 6);
        verifier[3].setMode(1); // takes all
        _listBoard(address(board));
        _listBoard(OTHER_BOARD);
        bytes4 issue = settlement.issue.selector;
        bytes32 what = keccak256(abi.encode(issue, GRANTEE, uint128(POINTS)));
        settlement.issue(GRANTEE, uint128(POINTS), _council(address(settlement), what));
        vm.prank(GRANTEE);
        settlement.allow(address(board), type(uint128).max);
        vm.prank(OWNER);
        identities.addDelegate(OWNER, "zkpipe/prover", PROVER, 100 * 365 days);
        bytes32 list = keccak256(abi.encode(approvers, uint256(2)));
        vm.prank(OWNER);
        lineage = catalogue.register(Policy(SCHEMA, DOC, list, 0, LIMIT, FLOOR, false), 1);
        asset = catalogue.assetOf(lineage);
        vm.prank(OWNER);
        catalogue.allow(lineage, circuit[4], true);
        _defineTemplate();
    }

    function _deploy() private {
        vm.etch(address(poseidon), vm.parseJsonBytes(vm.readFile(POSEIDON), ".runtime"));
        uint256 first = vm.getNonce(address(this));
        address[8] memory at;
        for (uint256 i; i < 8; ++i) at[i] = vm.computeCreateAddress(address(this), first + i);
        address[] memory members = new address[](1);
        members[0] = vm.addr(COUNCIL_KEY);
        settlement = new Settlement(CircuitRegistry(at[2]));
        identities = new IdentityRegistry(at[4]);
        circuits = new CircuitRegistry(members, 1, AUDITOR);
        credentials = new CredentialRegistry(CircuitRegistry(at[2]));
        catalogue = new DataCatalogue(circuits, identities, at[5], credentials);
        grants = new UsageGrants(circuits, catalogue);
        ledger = new EvidenceLedger(grants, identities);
        board = new JobBoard(
            circuits, identities, credentials, catalogue, grants, ledger, settlement, poseidon
        );
        assert(address(grants) == at[5] && address(board) == at[7]);
    }

    function _list(uint8 kind, uint8 results, uint8 words) private {
        bytes memory signature = abi.encodePacked(
            "verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[",
            vm.toString(uint256(results) + words),
            "])"
        );
        StubVerifier stub = new StubVerifier(bytes32(uint256(kind)), true, string(signature));
        verifier[kind] = stub;
        Record memory r;
        (r.verifier, r.codehash) = (address(stub), address(stub).codehash);
        (r.keyDigest, r.development) = (bytes32(uint256(kind)), true);
        (r.kind, r.results, r.words) = (kind, results, words);
        if (kind == 4) (r.schemaHash, r.leakBits, r.floorSafe) = (SCHEMA, LEAK, true);
        circuit[kind] = circuits.propose(r);
        bytes32 what = keccak256(abi.encode(circuits.approve.selector, circuit[kind]));
        circuits.approve(circuit[kind], _council(address(circuits), what));
    }

    function _listBoard(address which) private {
        bytes32 what = keccak256(abi.encode(grants.setBoard.selector, which, true));
        grants.setBoard(which, true, _council(address(grants), what));
    }

    function _defineTemplate() private {
        address at = address(credentials);
        bytes4 defining = credentials.defineTemplate.selector;
        bytes32 what = keccak256(abi.encode(defining, DOC, circuit[3], uint256(1)));
        template = credentials.defineTemplate(DOC, circuit[3], 1, _council(at, what));
        bytes4 set = credentials.setIssuer.selector;
        what = keccak256(abi.encode(set, template, ISSUER, ISSUES, true));
        credentials.setIssuer(template, ISSUER, ISSUES, true, _council(at, what));
        vm.prank(ISSUES);
        credentials.setRevocation(template, ISSUER, REVOCATION, new uint32[](0));
    }

    function _council(address target, bytes32 what) private view returns (Sigs memory) {
        uint256[] memory keys = new uint256[](1);
        keys[0] = COUNCIL_KEY;
        return _signed(address(circuits), target, what, circuits.nonce(), keys);
    }

    /// Signatures of an action; the keys' addresses ascend.
    function _signed(
        address checker,
        address target,
        bytes32 what,
        uint256 nonce,
        uint256[] memory keys
    ) internal view returns (Sigs memory s) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("zkpipe"),
                keccak256("1"),
                block.chainid,
                checker
            )
        );
        bytes32 action = keccak256(
            "Action(address target,bytes32 what,uint256 nonce,uint64 deadline)"
        );
        bytes32 inner = keccak256(abi.encode(action, target, what, nonce, FAR));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", domain, inner));
        s = Sigs(uint64(FAR), new address[](keys.length), new bytes[](keys.length));
        for (uint256 i; i < keys.length; ++i) {
            (uint8 v, bytes32 r, bytes32 t) = vm.sign(keys[i], digest);
            (s.signers[i], s.sigs[i]) = (vm.addr(keys[i]), abi.encodePacked(r, t, v));
        }
    }
}
