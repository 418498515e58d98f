// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CircuitRegistry} from "./CircuitRegistry.sol";
import {DataCatalogue} from "./DataCatalogue.sol";
import {GrantExpired, NotAllowed, NotFloorSafe, Unknown, WrongKind, WrongState} from "./Errors.sol";
import {Signed} from "./Signed.sol";
import {CIRCUIT_ACTIVE, KIND_BAND, KIND_SCORE, KIND_STATS, LINEAGE_PUBLISHED} from "./States.sol";
import {GRANT_ACTIVE, GRANT_APPLIED, GRANT_CLOSED, GRANT_EXHAUSTED} from "./States.sol";
import {GRANT_REVOKED} from "./States.sol";
import {Sigs, Terms} from "./Structs.sol";

/// @title Grants: one circuit, on one lineage, a number of times
/// @notice A grantee requests, the lineage's approvers sign, and a board uses the grant up, once a
/// proof. Its bits are held from the lineage's budget as soon as it is approved.
/// @dev Applied -> Active -> Exhausted or Revoked -> Closed. used + open never exceeds maxUses.
contract UsageGrants is Signed {
    /// @notice What became of a grant.
    struct Grant {
        uint8 state;
        uint32 used; // by proofs
        uint32 open; // tickets that are neither used nor dropped
        uint32 nextTicket; // from 1
        uint24 leakBits; // of a use, as `approve` read it; 0 before
    }

    /// @notice The scheme of joint scores of a grantee's live grants on a lineage.
    struct SchemeUse {
        uint256 scheme;
        uint256 grants; // how many are live under it; with none, another scheme may come
    }

    /// @notice The grant was revoked.
    error GrantRevoked();

    /// @notice All uses are used or taken; `used` are used.
    error GrantExhausted(uint32 used);

    /// @notice The grantee has live grants on the lineage under another scheme. Two totals with
    /// different cards would show a single part.
    error SchemeInForce(uint256 scheme);

    /// @notice The lineage's owner does not allow circuit `id`.
    error CircuitNotAllowed(bytes32 id);

    /// @notice The circuit reads tables of another schema than the lineage's.
    error SchemaMismatch();

    /// @notice There is no version `version` yet: it would admit rows that nobody has seen.
    error NotPublished(uint32 version);

    /// @notice A grant waits for its approvers.
    event Requested(bytes32 indexed grant, bytes32 indexed lineage, Terms terms);

    /// @notice A grant can be used.
    event Approved(bytes32 indexed grant, address[] approvers, uint256 m);

    /// @notice A grant cannot be used any more: `by` revoked it.
    event Withdrawn(bytes32 indexed grant, address indexed by);

    /// @notice A grant is over, and the bits that no use spent are free again.
    event Closed(bytes32 indexed grant);

    /// @notice A board took a use.
    event TicketTaken(bytes32 indexed grant, uint32 ticket);

    /// @notice A proof used a ticket.
    event TicketUsed(bytes32 indexed grant, uint32 ticket);

    /// @notice A ticket went back unused.
    event TicketDropped(bytes32 indexed grant, uint32 ticket);

    /// @notice The council listed a board, or took it off the list.
    event BoardSet(address indexed board, bool on);

    /// @notice The registry of circuits, whose council lists boards.
    CircuitRegistry public immutable circuits;

    /// @notice The catalogue, which keeps the budgets.
    DataCatalogue public immutable catalogue;

    /// @notice Whether a board can begin something.
    mapping(address board => bool) public isBoard;

    /// @notice Whether an address is or was a board: it can end what it began.
    mapping(address board => bool) public wasBoard;

    /// @notice The scheme in force.
    mapping(bytes32 lineage => mapping(address grantee => SchemeUse)) public schemes;

    mapping(bytes32 id => Grant) private _grants;

    /// @param circuits_ the address of CircuitRegistry
    /// @param catalogue_ the address of DataCatalogue
    constructor(CircuitRegistry circuits_, DataCatalogue catalogue_) {
        (circuits, catalogue) = (circuits_, catalogue_);
    }

    /// @notice List a board, or take it off the list, for the council.
    /// @param board the board
    /// @param on whether grants can be approved for it and used on it
    /// @param s signatures of the council
    function setBoard(address board, bool on, Sigs calldata s) external {
        circuits.authorise(keccak256(abi.encode(this.setBoard.selector, board, on)), s);
        isBoard[board] = on;
        if (on) wasBoard[board] = true;
        emit BoardSet(board, on);
    }

    /// @notice Request a grant, for the grantee.
    /// @param t the terms
    function request(Terms calldata t) external {
        bytes32 id = grantId(t);
        Grant storage g = _grants[id];
        if (msg.sender != t.grantee) revert NotAllowed(msg.sender);
        if (g.state != 0) revert WrongState(g.state);
        (g.state, g.nextTicket) = (GRANT_APPLIED, 1);
        emit Requested(id, t.lineage, t);
    }

    /// @notice Make a grant live with the signatures of its approvers. Anyone may.
    /// @dev They sign Action(this, the grant's id, 0, deadline). Checks come in this order: the
    /// grant's WrongState, GrantExpired, NotAllowed for the list, the signatures, NotAllowed for the
    /// board, then the lineage's, the circuit's, SchemeInForce, LeakageBudgetExceeded.
    /// @param t the terms
    /// @param approvers all who may sign: the list of the lineage's policy, or its owner alone
    /// @param m how many must
    /// @param s the signatures
    function approve(
        Terms calldata t,
        address[] calldata approvers,
        uint256 m,
        Sigs calldata s
    ) external {
        bytes32 id = grantId(t);
        Grant storage g = _grants[id];
        if (g.state != GRANT_APPLIED) revert WrongState(g.state);
        if (block.timestamp > t.expiry) revert GrantExpired(t.expiry);
        DataCatalogue.Lineage memory l = catalogue.lineage(t.lineage);
        if (!_areApprovers(t.lineage, l, approvers, m)) revert NotAllowed(msg.sender);
        _requireSigned(address(this), id, 0, s, approvers, m);
        if (!isBoard[t.board]) revert NotAllowed(t.board);
        uint24 leakBits = _requireFit(t, l);

        (g.state, g.leakBits) = (GRANT_ACTIVE, leakBits);
        if (t.param != 0) _enforceScheme(t);
        // in 256 bits: what is too much is the budget's error, whatever it is
        catalogue.hold(t.lineage, uint256(t.maxUses) * leakBits);
        emit Approved(id, approvers, m);
    }

    /// @notice End a grant at once: for the lineage's owner, or one of its approvers.
    /// @dev Tickets that are taken cannot be used any more, and go back by `drop`.
    /// @param t the terms
    /// @param approvers the list of the lineage's policy; of no account for the owner
    /// @param m how many of them must sign; of no account for the owner
    function revoke(Terms calldata t, address[] calldata approvers, uint256 m) external {
        bytes32 id = grantId(t);
        Grant storage g = _grants[id];
        if (g.state != GRANT_APPLIED && g.state != GRANT_ACTIVE) revert WrongState(g.state);
        if (msg.sender != catalogue.ownerOf(t.lineage)) {
            DataCatalogue.Lineage memory l = catalogue.lineage(t.lineage);
            if (!_areApprovers(t.lineage, l, approvers, m) || !_contains(approvers, msg.sender)) {
                revert NotAllowed(msg.sender);
            }
        }
        _leave(t, g, GRANT_REVOKED);
        emit Withdrawn(id, msg.sender);
    }

    /// @notice Close a grant that is exhausted, revoked or expired, and has no open ticket. Anyone
    /// may.
    /// @dev It frees only what `approve` held: a grant that never was Active has leakBits 0, else a
    /// stranger could free bits of other grants.
    /// @param t the terms
    function close(Terms calldata t) external {
        bytes32 id = grantId(t);
        Grant storage g = _grants[id];
        uint8 state = g.state;
        bool isLive = state == GRANT_APPLIED || state == GRANT_ACTIVE;
        bool isOver = state == GRANT_EXHAUSTED ||
            state == GRANT_REVOKED ||
            (isLive && block.timestamp > t.expiry);
        if (!isOver || g.open != 0) revert WrongState(state);
        _leave(t, g, GRANT_CLOSED);
        uint256 unspent = uint256(t.maxUses - g.used) * g.leakBits;
        if (unspent != 0) catalogue.release(t.lineage, unspent);
        emit Closed(id);
    }

    /// @notice For boards: take a use.
    /// @dev The grant's errors come in this order: GrantExhausted, GrantRevoked, GrantExpired,
    /// WrongState.
    /// @param t the terms, which name the board
    /// @return ticket the number of the use, from 1
    function take(Terms calldata t) external returns (uint32 ticket) {
        bytes32 id = grantId(t);
        Grant storage g = _grants[id];
        if (msg.sender != t.board || !isBoard[msg.sender]) revert NotAllowed(msg.sender);
        _requireLive(t, g);
        if (g.used + g.open == t.maxUses) revert GrantExhausted(g.used);
        ticket = g.nextTicket++;
        ++g.open;
        emit TicketTaken(id, ticket);
    }

    /// @notice For boards: a proof was verified for a ticket.
    /// @dev The board answers for the ticket: only it knows for what it took it.
    /// @param t the terms, which name the board
    /// @param ticket that `take` gave
    function use(Terms calldata t, uint32 ticket) external {
        bytes32 id = grantId(t);
        Grant storage g = _grants[id];
        if (msg.sender != t.board || !wasBoard[msg.sender]) revert NotAllowed(msg.sender);
        _requireLive(t, g);
        _endTicket(g, ticket);
        ++g.used;
        if (g.used == t.maxUses) _leave(t, g, GRANT_EXHAUSTED);
        catalogue.spend(t.lineage, g.leakBits);
        emit TicketUsed(id, ticket);
    }

    /// @notice For boards: nothing was proved for a ticket.
    /// @param t the terms, which name the board
    /// @param ticket that `take` gave
    function drop(Terms calldata t, uint32 ticket) external {
        bytes32 id = grantId(t);
        if (msg.sender != t.board) revert NotAllowed(msg.sender);
        _endTicket(_grants[id], ticket);
        emit TicketDropped(id, ticket);
    }

    /// @notice What became of a grant.
    /// @param id of the grant
    /// @return all zeros if it was never requested
    function grant(bytes32 id) external view returns (Grant memory) {
        return _grants[id];
    }

    /// @notice The id of a grant.
    /// @param t its terms
    /// @return keccak256(abi.encode(chain id, this, terms))
    function grantId(Terms calldata t) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), t));
    }

    /// @dev A closed grant says why it was closed.
    function _requireLive(Terms calldata t, Grant storage g) private view {
        uint8 state = g.state;
        bool isClosed = state == GRANT_CLOSED;
        if (state == GRANT_EXHAUSTED || (isClosed && g.used == t.maxUses)) {
            revert GrantExhausted(g.used);
        }
        if (state == GRANT_REVOKED || (isClosed && block.timestamp <= t.expiry)) {
            revert GrantRevoked();
        }
        if (block.timestamp > t.expiry) revert GrantExpired(t.expiry);
        if (state != GRANT_ACTIVE) revert WrongState(state);
    }

    function _endTicket(Grant storage g, uint32 ticket) private {
        if (g.open == 0 || ticket == 0 || ticket >= g.nextTicket) {
            revert Unknown(bytes32(uint256(ticket)));
        }
        --g.open;
    }

    /// @dev From Active, a grant of a joint score leaves its scheme.
    function _leave(Terms calldata t, Grant storage g, uint8 to) private {
        if (g.state == GRANT_ACTIVE && t.param != 0) --schemes[t.lineage][t.grantee].grants;
        g.state = to;
    }

    /// @dev Only grants of kind 6 have a param: `_requireFit` came before.
    function _enforceScheme(Terms calldata t) private {
        SchemeUse storage x = schemes[t.lineage][t.grantee];
        if (x.grants != 0 && x.scheme != t.param) revert SchemeInForce(x.scheme);
        x.scheme = t.param;
        ++x.grants;
    }

    /// @dev Whether lineage, circuit and terms fit together; the bits of a use. Kinds above those of
    /// today are for boards to come. A param is the word of a scheme: only kind 6 has one, always.
    function _requireFit(
        Terms calldata t,
        DataCatalogue.Lineage memory l
    ) private view returns (uint24) {
        if (l.state != LINEAGE_PUBLISHED) revert WrongState(l.state);
        if (t.version > l.head) revert NotPublished(t.version);
        CircuitRegistry.Entry memory c = circuits.entry(t.circuit);
        if (c.state != CIRCUIT_ACTIVE) revert WrongState(c.state);
        bool isAnswer = c.kind >= KIND_STATS && c.kind != KIND_BAND;
        if (!isAnswer || (c.kind == KIND_SCORE) != (t.param != 0)) revert WrongKind(c.kind);
        if (!catalogue.allowed(t.lineage, t.circuit)) revert CircuitNotAllowed(t.circuit);
        if (c.schemaHash != l.schemaHash) revert SchemaMismatch();
        if (l.floor != 0 && !c.floorSafe) revert NotFloorSafe(t.circuit);
        return c.leakBits;
    }

    /// @dev A list binds the owner who set it. After a sale, and without a list, the owner decides
    /// alone.
    function _areApprovers(
        bytes32 id,
        DataCatalogue.Lineage memory l,
        address[] calldata list,
        uint256 m
    ) private view returns (bool) {
        address owner = catalogue.ownerOf(id);
        if (l.approvers == 0 || owner != l.setBy) {
            return list.length == 1 && list[0] == owner && m == 1;
        }
        return keccak256(abi.encode(list, m)) == l.approvers;
    }
}
