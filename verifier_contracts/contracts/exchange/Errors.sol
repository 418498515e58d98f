// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Errors that several contracts raise. One that a single contract raises stands there.

/// @notice `signer` is not one who may sign, does not come after the signer before, or did not sign
/// this action in this place.
error BadSignature(address signer);

/// @notice `have` signed where `need` must.
error TooFewSignatures(uint256 have, uint256 need);

/// @notice `caller` may not do this, or not have it done.
error NotAllowed(address caller);

/// @notice This cannot be done in state `state` (see States.sol, which tells whose state it is).
error WrongState(uint8 state);

/// @notice A circuit of kind `kind` is of no use here; 0 is a circuit that nobody proposed.
error WrongKind(uint8 kind);

/// @notice It was allowed until `deadline`.
error TooLate(uint64 deadline);

/// @notice It is allowed after `from`.
error TooEarly(uint64 from);

/// @notice Nothing is known by `id`.
error Unknown(bytes32 id);

/// @notice `word` is not below the prime of the field, so no proof could have it.
error NotInField(uint256 word);

/// @notice Circuit `id` does not keep the floor, or is of a kind that cannot.
error NotFloorSafe(bytes32 id);

/// @notice The grant could be used until `expiry`, and no longer.
error GrantExpired(uint64 expiry);

// Errors of boards.

/// @notice The opener, `account`, is not enrolled under template `t` now.
error CredentialNotCurrent(uint256 t, address account);

/// @notice The council's key is `current` now.
error AuditorKeyStale(uint256 current);

/// @notice Step `i` does not fit the job, or there is no such step.
error SchemeMismatch(uint256 i);

/// @notice Step `i` is proved already.
error AlreadyProved(uint256 i);

/// @notice This does not open what step `i` locked.
error WrongOpening(uint256 i);

// Errors of the board of joint scores.

/// @notice Steps `i` and `j` have one owner.
error SameOwner(uint256 i, uint256 j);

/// @notice The applicant's consent is used by `job`.
error ConsentUsed(bytes32 job);

/// @notice The applicant's consent ends at `until`, before the job does.
error ConsentEndsEarly(uint64 until);
