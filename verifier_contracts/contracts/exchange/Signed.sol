// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {BadSignature, TooFewSignatures, TooLate} from "./Errors.sol";
import {Sigs} from "./Structs.sol";

/// @title Actions that people sign
/// @notice They sign Action(address target,bytes32 what,uint256 nonce,uint64 deadline) in the
/// EIP-712 domain ("zkpipe", "1", the chain's id, this contract).
/// @dev The domain's chain id is the live one, so a signature does not count after a fork. Accounts
/// that are contracts (ERC-1271) cannot sign.
abstract contract Signed is EIP712 {
    bytes32 private constant ACTION =
        keccak256("Action(address target,bytes32 what,uint256 nonce,uint64 deadline)");

    constructor() EIP712("zkpipe", "1") {}

    /// @dev Reverts unless enough of a list have signed. Checks come in this order: the deadline
    /// (TooLate), each signer in turn (BadSignature), their number (TooFewSignatures). Signers
    /// ascend, so none counts twice. At least one must sign, whatever `need` says.
    /// @param target the contract whose function it is
    /// @param what a digest of the function and its arguments, or the id of a grant or an entry
    /// @param nonce the council's, else 0
    /// @param s the signatures
    /// @param list who may sign
    /// @param need how many must
    function _requireSigned(
        address target,
        bytes32 what,
        uint256 nonce,
        Sigs calldata s,
        address[] memory list,
        uint256 need
    ) internal view {
        if (block.timestamp > s.deadline) revert TooLate(s.deadline);
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(ACTION, target, what, nonce, s.deadline))
        );
        uint256 have = s.signers.length;
        address last;
        for (uint256 i; i < have; ++i) {
            address signer = s.signers[i];
            if (signer <= last || s.sigs.length != have || !_contains(list, signer)) {
                revert BadSignature(signer);
            }
            (address signedBy, ECDSA.RecoverError failure, ) = ECDSA.tryRecover(digest, s.sigs[i]);
            if (failure != ECDSA.RecoverError.NoError || signedBy != signer) {
                revert BadSignature(signer);
            }
            last = signer;
        }
        if (need == 0) need = 1;
        if (have < need) revert TooFewSignatures(have, need);
    }

    /// @dev Whether an address is in a list.
    function _contains(address[] memory list, address who) internal pure returns (bool) {
        for (uint256 i; i < list.length; ++i) {
            if (list[i] == who) return true;
        }
        return false;
    }
}
