// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;

/// @title Many calls of one contract in one transaction, each with its own gas
contract Harness {
    struct Answer {
        bool success;
        bytes data;
        uint256 gasUsed;
    }

    function each(address target, bytes[] calldata calls, uint256[] calldata gas)
        external
        returns (Answer[] memory answers)
    {
        answers = new Answer[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            require(gasleft() > gas[i] + gas[i] / 32, "the harness itself has too little gas");
            bytes memory data = calls[i];
            uint256 before = gasleft();
            (bool success, bytes memory answer) = target.call{gas: gas[i]}(data);
            answers[i] = Answer(success, answer, before - gasleft());
        }
    }
}
