// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;

/// @title Every way in which a contract can revert
contract Reverter {
    error Refused(uint256 amount, address by);

    event Paid(uint256 amount);

    uint256[] private empty;
    uint256 public count;

    function named(uint256 amount) external view {
        revert Refused(amount, msg.sender);
    }

    function reason() external pure {
        revert("because");
    }

    function silent() external pure {
        assembly {
            revert(0, 0)
        }
    }

    function foreign() external pure {
        assembly {
            mstore(0, 0xdeadbeef)
            revert(0x1c, 4)
        }
    }

    function malformed() external pure {
        assembly {
            mstore(0, 0x08c379a0) // Error(string) without its string
            revert(0x1c, 4)
        }
    }

    function outOfBounds() external view returns (uint256) {
        return empty[count];
    }

    function endless() external pure {
        while (true) {}
    }

    function pay() external payable returns (uint256, bool) {
        count += 1;
        emit Paid(msg.value);
        return (msg.value, true);
    }
}
