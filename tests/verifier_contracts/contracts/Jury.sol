// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;

/// @title Many calls of one contract, all of one size, and a byte of verdict for each
/// @notice 0 for false, 1 for true, 2 for a revert, 3 for any other answer.
contract Jury {
    function judge(address target, uint256 size, uint256 gas, bytes calldata calls)
        external
        returns (bytes memory verdicts)
    {
        verdicts = new bytes(calls.length / size);
        for (uint256 i = 0; i < verdicts.length; i++) {
            require(gasleft() > gas + gas / 32, "the jury itself has too little gas");
            (bool success, bytes memory answer) =
                target.call{gas: gas}(calls[i * size:(i + 1) * size]);
            if (!success) verdicts[i] = 0x02;
            else if (answer.length != 32) verdicts[i] = 0x03;
            else if (uint256(bytes32(answer)) > 1) verdicts[i] = 0x03;
            else verdicts[i] = bytes1(answer[31]);
        }
    }
}
