// What @zk-kit/poseidon-cipher makes of messages: one JSON value on stdin, one on stdout.
//
//     node poseidon_cipher_answers.cjs POSEIDON-CIPHER-FOLDER
"use strict";

const fs = require("fs");

const { poseidonEncrypt, poseidonDecrypt } = require(process.argv[2]);

const numbers = (texts) => texts.map(BigInt);
const answers = JSON.parse(fs.readFileSync(0, "utf8")).map(
  ({ message, key, nonce, ciphertext }) => {
    const [plain, pair, once] = [numbers(message), numbers(key), BigInt(nonce)];
    return {
      ciphertext: poseidonEncrypt(plain, pair, once).map(String),
      opened: poseidonDecrypt(numbers(ciphertext), pair, once, plain.length).map(String),
    };
  },
);
fs.writeSync(1, JSON.stringify(answers));
process.exit(0); // threads of its curve would go on
