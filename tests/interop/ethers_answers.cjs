// What ethers makes of messages and of encoded values: one JSON value on stdin, one on stdout.
//
//     node ethers_answers.cjs ETHERS-FOLDER
"use strict";

const fs = require("fs");

const ethers = require(process.argv[2]);

const { messages, payments } = JSON.parse(fs.readFileSync(0, "utf8"));
const encoder = ethers.AbiCoder.defaultAbiCoder();
const answer = {
  digests: messages.map((message) => ({
    sha256: ethers.sha256(message),
    sha512: ethers.sha512(message),
    keccak256: ethers.keccak256(message),
  })),
  payments: payments.map(([to, amount]) => ({
    encoded: ethers.keccak256(encoder.encode(["address", "uint256"], [to, amount])),
    packed: ethers.solidityPackedKeccak256(["address", "uint128"], [to, amount]),
  })),
};
fs.writeSync(1, JSON.stringify(answer));
