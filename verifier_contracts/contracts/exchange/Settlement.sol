// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CircuitRegistry} from "./CircuitRegistry.sol";
import {NotAllowed} from "./Errors.sol";
import {Sigs} from "./Structs.sol";

/// @title Points
/// @notice The council issues points, users lock them in a board's escrow, and the board pays them
/// out. Points cannot be sent from one user to another.
/// @dev Balances and escrows together are always what was issued. Any contract can be a board here:
/// it moves only what its users allowed it. `earned` is kept for each board apart, and readers take
/// listed boards only, since anyone can pay himself through a board of his own.
contract Settlement {
    /// @notice What a lock holds: whose it was and how much of it is left.
    struct Escrow {
        address payer;
        uint256 left;
    }

    /// @notice There are `have` points where `need` are needed: on the balance, in what the holder
    /// allows the board, or in the lock.
    error InsufficientPoints(uint256 have, uint256 need);

    /// @notice The board has used `key` for a lock already.
    error AlreadyLocked(bytes32 key);

    /// @notice The council issued points.
    event Issued(address indexed to, uint128 n);

    /// @notice A board may lock this many of a holder's points from now on.
    event Allowed(address indexed holder, address indexed board, uint128 n);

    /// @notice A board locked points of `who`.
    event Locked(address indexed board, bytes32 indexed key, address indexed who, uint256 n);

    /// @notice A board paid `who` out of a lock.
    event Paid(address indexed board, bytes32 indexed key, address indexed who, uint256 n);

    /// @notice A board gave points of a lock back.
    event Refunded(address indexed board, bytes32 indexed key, address indexed who, uint256 n);

    /// @notice The registry, whose council issues points.
    CircuitRegistry public immutable circuits;

    /// @notice All points that there are.
    uint256 public issued;

    /// @notice The points of a holder, but for those that are locked.
    mapping(address holder => uint256) public balance;

    /// @notice How many points of a holder a board may lock.
    mapping(address holder => mapping(address board => uint256)) public allowance;

    /// @notice The locks of a board.
    mapping(address board => mapping(bytes32 key => Escrow)) public escrow;

    /// @notice What an account was paid by a board in all; refunds are no payments.
    mapping(address board => mapping(address who => uint256)) public earned;

    /// @param circuits_ the address of CircuitRegistry
    constructor(CircuitRegistry circuits_) {
        circuits = circuits_;
    }

    /// @notice Issue points, for the council.
    /// @param to who gets them
    /// @param n how many
    /// @param s signatures of the council
    function issue(address to, uint128 n, Sigs calldata s) external {
        circuits.authorise(keccak256(abi.encode(this.issue.selector, to, n)), s);
        issued += n;
        balance[to] += n;
        emit Issued(to, n);
    }

    /// @notice Allow a board to lock points of yours.
    /// @param board the board
    /// @param n how many from now on, in place of what you allowed before
    function allow(address board, uint128 n) external {
        allowance[msg.sender][board] = n;
        emit Allowed(msg.sender, board, n);
    }

    /// @notice For boards: lock points that their holder allowed you. One lock a key.
    /// @param key that names the lock: a job
    /// @param who whose points
    /// @param n how many; 0 makes an empty lock
    function lock(bytes32 key, address who, uint256 n) external {
        Escrow storage held = escrow[msg.sender][key];
        if (who == address(0)) revert NotAllowed(who);
        if (held.payer != address(0)) revert AlreadyLocked(key);
        uint256 have = balance[who];
        uint256 allowed = allowance[who][msg.sender];
        if (allowed < have) have = allowed;
        if (have < n) revert InsufficientPoints(have, n);
        held.payer = who;
        if (n != 0) {
            balance[who] -= n;
            allowance[who][msg.sender] -= n;
            held.left = n;
        }
        emit Locked(msg.sender, key, who, n);
    }

    /// @notice For boards: pay out of a lock of yours.
    /// @param key that names the lock
    /// @param who is paid
    /// @param n how many points
    function pay(bytes32 key, address who, uint256 n) external {
        _take(key, n);
        balance[who] += n;
        earned[msg.sender][who] += n;
        emit Paid(msg.sender, key, who, n);
    }

    /// @notice For boards: give points of a lock back to who paid them in.
    /// @param key that names the lock
    /// @param who paid them in
    /// @param n how many points
    function refund(bytes32 key, address who, uint256 n) external {
        if (who != escrow[msg.sender][key].payer) revert NotAllowed(who);
        _take(key, n);
        balance[who] += n;
        emit Refunded(msg.sender, key, who, n);
    }

    function _take(bytes32 key, uint256 n) private {
        Escrow storage held = escrow[msg.sender][key];
        uint256 left = held.left;
        if (left < n) revert InsufficientPoints(left, n);
        held.left = left - n;
    }
}
