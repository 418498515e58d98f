// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Walk} from "./Walk.sol";
import {vm} from "./Vm.sol";

/// @title The invariants of the design, over random walks
/// @notice At the end of each walk the states that it reached are written to a file: whoever reads
/// it sees that walks go everywhere.
contract Invariants {
    string private constant ENDS = "ends.txt";
    Walk private _walk;

    function setUp() external {
        _walk = new Walk();
    }

    /// @notice What forge calls.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_walk);
    }

    /// @notice The acts, without what only looks.
    function excludeSelectors() external view returns (FuzzSelector[] memory left) {
        left = new FuzzSelector[](1);
        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (Walk.check.selector, Walk.finish.selector);
        left[0] = FuzzSelector(address(_walk), selectors);
    }

    function invariant_everything_holds() external view {
        _walk.check();
    }

    function afterInvariant() external {
        uint256 ends = _walk.finish();
        _walk.check();
        vm.writeLine(ENDS, vm.toString(ends));
    }
}

struct FuzzSelector {
    address addr;
    bytes4[] selectors;
}
