// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Sigs} from "./Structs.sol";
import {Signed} from "./Signed.sol";

/// @title The council: some accounts, of which a number together decide
/// @notice It lists circuits, boards, templates and issuers, and issues points. It can undo none of
/// what owners and users have done.
/// @dev One nonce serves all contracts, so of two actions signed for the same nonce only one counts.
abstract contract Council is Signed {
    /// @notice `members` accounts cannot decide by `threshold`: there are too few, it is 0, or an
    /// account stands there twice or is 0.
    error WrongCouncil(uint256 members, uint256 threshold);

    /// @notice From now on `threshold` of `members` decide.
    event CouncilSet(address[] members, uint256 threshold);

    /// @notice The council has let `target` do `what`; its `nonce` is used up.
    event Authorised(address indexed target, bytes32 indexed what, uint256 nonce);

    address[] private _members;

    /// @notice How many members decide together.
    uint256 public threshold;

    /// @notice What the next action must be signed with.
    uint256 public nonce;

    /// @param members_ the accounts, in any order
    /// @param threshold_ how many of them decide
    constructor(address[] memory members_, uint256 threshold_) {
        _setCouncil(members_, threshold_);
    }

    /// @notice Replace the council.
    /// @param newMembers the accounts, in any order
    /// @param newThreshold how many of them decide
    /// @param s signatures of the council that there is
    function setCouncil(
        address[] calldata newMembers,
        uint256 newThreshold,
        Sigs calldata s
    ) external {
        bytes32 what = keccak256(abi.encode(this.setCouncil.selector, newMembers, newThreshold));
        _authorise(address(this), what, s);
        _setCouncil(newMembers, newThreshold);
    }

    /// @notice For the contracts of the exchange: go on only if the council has signed this for the
    /// contract that calls.
    /// @param what keccak256(abi.encode(selector, arguments but the signatures, in order))
    /// @param s signatures of the council
    function authorise(bytes32 what, Sigs calldata s) external {
        _authorise(msg.sender, what, s);
    }

    /// @notice The accounts of the council.
    /// @return in the order in which they were given
    function members() external view returns (address[] memory) {
        return _members;
    }

    /// @dev Uses the nonce up.
    function _authorise(address target, bytes32 what, Sigs calldata s) internal {
        uint256 used = nonce++;
        _requireSigned(target, what, used, s, _members, threshold);
        emit Authorised(target, what, used);
    }

    /// @dev A council that could never decide would lock the exchange for good.
    function _setCouncil(address[] memory list, uint256 need) private {
        bool fits = need != 0 && need <= list.length;
        for (uint256 i; i < list.length; ++i) {
            fits = fits && list[i] != address(0);
            for (uint256 j; j < i; ++j) fits = fits && list[i] != list[j];
        }
        if (!fits) revert WrongCouncil(list.length, need);
        (_members, threshold) = (list, need);
        emit CouncilSet(list, need);
    }
}
