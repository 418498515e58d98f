// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;

/// @title The generated verifier once more, in plain Solidity and from the definition
/// @notice For tests: the generated assembly must give the same answers.
contract Twin {
    uint256 private constant P =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint256 private constant R =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    uint256[2] private alpha;
    uint256[4] private beta;
    uint256[4] private gamma;
    uint256[4] private delta;
    uint256[2][] private ic;

    constructor(
        uint256[2] memory alpha_,
        uint256[4] memory beta_,
        uint256[4] memory gamma_,
        uint256[4] memory delta_,
        uint256[2][] memory ic_
    ) {
        (alpha, beta, gamma, delta) = (alpha_, beta_, gamma_, delta_);
        for (uint256 i = 0; i < ic_.length; i++) ic.push(ic_[i]);
    }

    /// @notice Takes whatever call was meant for verifyProof: a selector and words.
    fallback(bytes calldata data) external returns (bytes memory) {
        require(data.length == 4 + 32 * (7 + ic.length), "length");
        uint256[] memory word = new uint256[](7 + ic.length);
        for (uint256 i = 0; i < word.length; i++) {
            word[i] = uint256(bytes32(data[4 + 32 * i:36 + 32 * i]));
        }
        return abi.encode(verify(word));
    }

    function verify(uint256[] memory word) private view returns (bool) {
        for (uint256 i = 0; i < word.length; i++) {
            if (word[i] >= (i < 8 ? P : R)) return false;
        }
        if (!onCurve(word[0], word[1]) || !onCurve(word[6], word[7])) return false;
        uint256[2] memory sum = ic[0];
        for (uint256 i = 1; i < ic.length; i++) {
            bytes memory term = ask(7, abi.encode(ic[i], word[7 + i]));
            sum = abi.decode(ask(6, abi.encodePacked(abi.encode(sum), term)), (uint256[2]));
        }
        bytes memory left = abi.encode(word[0], P - word[1], word[2], word[3], word[4], word[5]);
        bytes memory middle = abi.encode(alpha, beta, sum, gamma);
        bytes memory right = abi.encode(word[6], word[7], delta);
        return abi.decode(ask(8, bytes.concat(left, middle, right)), (uint256)) == 1;
    }

    function onCurve(uint256 x, uint256 y) private pure returns (bool) {
        return mulmod(y, y, P) == addmod(mulmod(mulmod(x, x, P), x, P), 3, P);
    }

    function ask(uint160 precompile, bytes memory question) private view returns (bytes memory) {
        (bool success, bytes memory answer) = address(precompile).staticcall{
            gas: gasleft() > 400_000 ? 300_000 : gasleft()
        }(question);
        require(success && answer.length > 0, "precompile");
        return answer;
    }
}
