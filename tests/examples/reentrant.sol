// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;

/// @title A recipient that claims again while it is paid, or refuses, or returns a megabyte
contract Recipient {
    address private target;
    bytes private again;
    uint256 private manner;
    bool public wasPaidAgain;
    uint256 public tries;

    function set(address target_, bytes calldata again_, uint256 manner_) external {
        (target, again, manner) = (target_, again_, manner_);
    }

    receive() external payable {
        if (manner == 1 && tries == 0) {
            tries = 1;
            (wasPaidAgain,) = target.call(again);
        }
        if (manner == 2) revert("no");
        if (manner == 3) {
            assembly {
                return(0, 1000000)
            }
        }
    }
}
