// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;

/// @notice The contract that `zkpipe export verifier` generates for the key of cast_vote.
interface IVerifier {
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[5] calldata input
    ) external view returns (bool right);
}

/// @title One ballot in which registered voters vote once each, and nobody learns who voted how
/// @dev Root, ballot and number of choices are never taken from the caller: a proof that was made for
/// others is wrong here. The verifier refuses public values of r or more, so that a nullifier has one
/// form. A proof is bound to its choice, so whoever copies a transaction casts the same vote.
contract Ballot {
    /// @notice Somebody has voted with this nullifier.
    error AlreadyVoted(uint256 nullifier);

    /// @notice The proof is not right for this nullifier and choice, in this ballot.
    error WrongProof();

    event Voted(uint256 indexed nullifier, uint256 indexed choice);

    uint256 private constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    IVerifier public immutable VERIFIER;
    uint256 public immutable ROOT; // of the register
    uint256 public immutable CHOICES; // how many: they are 0, 1, ...

    mapping(uint256 nullifier => bool) public hasVoted;
    mapping(uint256 choice => uint256) public votes;

    constructor(IVerifier verifier, uint256 root, uint256 choices) {
        VERIFIER = verifier;
        ROOT = root;
        CHOICES = choices;
    }

    /// @notice The number of this ballot, which no other contract and no other chain has.
    function ballot() public view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this)))) % R;
    }

    /// @notice Counts a vote. Anybody may send it, for whoever made the proof.
    function vote(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256 nullifier,
        uint256 choice
    ) external {
        if (hasVoted[nullifier]) revert AlreadyVoted(nullifier);
        if (!VERIFIER.verifyProof(a, b, c, [nullifier, ROOT, ballot(), CHOICES, choice])) {
            revert WrongProof();
        }
        hasVoted[nullifier] = true;
        votes[choice] += 1;
        emit Voted(nullifier, choice);
    }
}
