// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What forge lets a test do
/// @dev The part of forge-std's interface that is used here; npm's package of it does not compile.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8, bytes32, bytes32);
    function prank(address sender) external;
    function warp(uint256 time) external;
    function etch(address at, bytes calldata code) external;
    function computeCreateAddress(address by, uint256 nonce) external pure returns (address);
    function getNonce(address account) external view returns (uint64);
    function readFile(string calldata path) external view returns (string memory);
    function parseJsonBytes(
        string calldata json,
        string calldata key
    ) external pure returns (bytes memory);
    function writeLine(string calldata path, string calldata line) external;
    function toString(uint256 number) external pure returns (string memory);
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
