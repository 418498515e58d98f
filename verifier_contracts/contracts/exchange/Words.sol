// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NotInField} from "./Errors.sol";

// The public values of proofs, which contracts build themselves: no caller chooses one.

/// @dev The prime of the field of BN254's scalars. A public value is below it.
uint256 constant FIELD = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

// What a proof is for.
bytes32 constant ACTION_STEP = keccak256("zkpipe.v1.step");
bytes32 constant ACTION_PUBLISH = keccak256("zkpipe.v1.publish");
bytes32 constant ACTION_ENROL = keccak256("zkpipe.v1.enrol");

/// @notice The place that a proof is for, but for the chain and the contract that takes it.
struct Place {
    bytes32 circuit;
    bytes32 action; // one of those above
    bytes32 job; // 0 where there is none
    bytes32 grant; // its id; the lineage to publish; the template to enrol under
    uint256 useNumber; // the ticket; 0 where there is none
    address submitter;
    address payee; // 0 where there is none
    uint256 deadline;
}

/// @notice The word `ctx` of a proof: it is accepted in this place and in no other.
/// @dev The digest is shifted, since a whole one is above the field's prime in four cases of five.
/// @param taker the contract that takes the proof
/// @param place all else
/// @return the word
function contextWord(address taker, Place memory place) view returns (uint256) {
    return wordOf(keccak256(abi.encode(block.chainid, taker, place)));
}

/// @notice A digest as an element of the field: its first 248 bits.
/// @param digest 32 bytes
/// @return the word
function wordOf(bytes32 digest) pure returns (uint256) {
    return uint256(digest) >> 8;
}

/// @notice Reverts with NotInField unless `word` is below the field's prime.
/// @param word what shall be a public value of proofs to come
function requireInField(uint256 word) pure {
    if (word >= FIELD) revert NotInField(word);
}

/// @notice Poseidon of two numbers: poseidon-solidity's PoseidonT3, deployed by itself.
/// @dev It is called, never linked or inlined: its assembly ends the call by `return`.
interface IPoseidonT3 {
    /// @notice Poseidon of two numbers, each taken modulo the field's prime.
    /// @param inputs the numbers
    /// @return the digest, below the field's prime
    function hash(uint256[2] memory inputs) external pure returns (uint256);
}
