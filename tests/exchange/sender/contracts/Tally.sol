// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;

/// @title Counts how often each thing was done, so that twice can be seen
contract Tally {
    error Closed(bytes32 subject);

    event Done(bytes32 indexed subject, uint256 indexed i, address by);

    mapping(bytes32 => mapping(uint256 => uint256)) public count;
    mapping(bytes32 => bool) public closed;

    /// Does it, as often as it is called: only the sender keeps it from happening twice.
    function act(bytes32 subject, uint256 i) external {
        if (closed[subject]) revert Closed(subject);
        count[subject][i] += 1;
        emit Done(subject, i, msg.sender);
    }

    function close(bytes32 subject, bool on) external {
        closed[subject] = on;
    }

    /// Takes 40,000 gas and more than that if somebody has called `close`.
    function spend(bytes32 subject) external {
        count[subject][0] += 1;
        if (closed[subject]) for (uint256 n; n < 100; ++n) count[subject][n + 1] = n + 1;
    }
}
