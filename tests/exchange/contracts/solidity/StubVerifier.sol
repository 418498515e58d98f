// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A verifier that takes for right what a test has told it, to the last bit, and nothing else.
contract StubVerifier {
    bytes32 public immutable KEY_DIGEST;
    bool public immutable DEVELOPMENT_KEY;
    bytes4 private immutable SELECTOR;

    uint8 private constant STRICT = 0;
    uint8 private constant TAKES_ALL = 1;
    uint8 private constant REVERTS = 2;
    uint8 private constant ANSWERS_NOTHING = 3;
    uint8 private constant ANSWERS_TWO = 4;

    mapping(bytes32 => bool) private accepted;
    uint8 private mode;

    constructor(bytes32 key, bool development, string memory signature) {
        (KEY_DIGEST, DEVELOPMENT_KEY) = (key, development);
        SELECTOR = bytes4(keccak256(bytes(signature)));
    }

    function accept(uint256[8] calldata proof, uint256[] calldata publics) external {
        accepted[keccak256(abi.encodePacked(proof, publics))] = true;
    }

    function setMode(uint8 to) external {
        mode = to;
    }

    fallback(bytes calldata data) external returns (bytes memory) {
        require(bytes4(data) == SELECTOR);
        if (mode == REVERTS) revert();
        if (mode == ANSWERS_NOTHING) return "";
        if (mode == ANSWERS_TWO) return abi.encode(uint256(2));
        return abi.encode(mode == TAKES_ALL || accepted[keccak256(data[4:])]);
    }
}

contract StubVerifierWithProvenance is StubVerifier {
    uint8 public constant PROVENANCE = 2;

    constructor(
        bytes32 key,
        bool development,
        string memory signature
    ) StubVerifier(key, development, signature) {}
}
