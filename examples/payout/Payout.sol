// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;

/// @notice The contract that `zkpipe export verifier` generates for the key of `claim`.
interface IVerifier {
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[4] calldata input
    ) external view returns (bool right);
}

/// @title Pays each person on a list once, and nobody learns who was paid
/// @dev What a proof is for is never taken from the caller alone: root and number are the contract's
/// own, and the recipient is one of the proof's public values. So a proof that was made for another
/// chain, contract or list is wrong here, and whoever copies a transaction pays the same recipient.
/// Proofs can be re-randomised by anyone: the nullifier, not the proof, says what was used. The
/// verifier refuses public values of r or more, so that a nullifier has one form.
contract Payout {
    /// @notice Somebody has claimed with this nullifier.
    error AlreadyClaimed(uint256 nullifier);

    /// @notice The proof is not right for this nullifier and recipient, in this contract.
    error WrongProof();

    /// @notice The contract holds less than a payment.
    error NotEnough(uint256 balance);

    /// @notice The recipient did not take the payment.
    error NotTaken(address recipient);

    /// @notice The claims end at `deadline`, in seconds since 1970: it has passed, or it has not.
    error WrongTime(uint256 deadline);

    event Claimed(uint256 indexed nullifier, address indexed recipient);

    uint256 private constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    IVerifier public immutable VERIFIER;
    uint256 public immutable ROOT; // of the list
    uint256 public immutable PAYMENT; // wei, to each
    uint256 public immutable DEADLINE; // seconds since 1970
    address public immutable SPONSOR; // deployed it and gets what is left, so it must take ether

    mapping(uint256 nullifier => bool) public hasClaimed;

    constructor(IVerifier verifier, uint256 root, uint256 payment, uint256 deadline) {
        VERIFIER = verifier;
        ROOT = root;
        PAYMENT = payment;
        DEADLINE = deadline;
        SPONSOR = msg.sender;
    }

    /// @notice Takes the money for the payments, from anybody.
    receive() external payable {}

    /// @notice The number of this contract, which no other contract and no other chain has.
    /// @dev Computed anew each time: after a fork, the chain's id may be another.
    function number() public view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this)))) % R;
    }

    /// @notice Pays the recipient that the proof names. Anybody may send it, for whoever made it.
    function claim(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256 nullifier,
        address recipient
    ) external {
        if (block.timestamp > DEADLINE) revert WrongTime(DEADLINE);
        if (hasClaimed[nullifier]) revert AlreadyClaimed(nullifier);
        uint256[4] memory input = [nullifier, ROOT, number(), uint256(uint160(recipient))];
        if (!VERIFIER.verifyProof(a, b, c, input)) revert WrongProof();
        hasClaimed[nullifier] = true; // before anybody else's code runs
        emit Claimed(nullifier, recipient);
        pay(recipient, PAYMENT);
    }

    /// @notice Sends what is left to the sponsor, once nobody can claim any more.
    function close() external {
        if (block.timestamp <= DEADLINE) revert WrongTime(DEADLINE);
        pay(SPONSOR, address(this).balance);
    }

    /// @dev The recipient chose to be paid here, so that its refusal harms nobody else. What it
    /// returns is not copied: it could be long.
    function pay(address recipient, uint256 amount) private {
        if (address(this).balance < amount) revert NotEnough(address(this).balance);
        bool taken;
        assembly ("memory-safe") {
            taken := call(gas(), recipient, amount, 0, 0, 0, 0)
        }
        if (!taken) revert NotTaken(recipient);
    }
}
