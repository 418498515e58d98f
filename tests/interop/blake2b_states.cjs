// The states and hashes of BLAKE2b by blake2b-wasm, which defines the layout of a state.
//
//     node blake2b_states.cjs BLAKE2B-WASM-FOLDER < LINES
//
// Reads lines of pieces in hexadecimal, apart by commas; answers each with the state after them and
// the hash, in hexadecimal.
"use strict";

const readline = require("readline");

const blake2b = require(process.argv[2]);

const hex = (bytes) => Buffer.from(bytes).toString("hex");

blake2b.ready(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const hash = blake2b(64);
    for (const piece of line.split(",")) hash.update(Buffer.from(piece, "hex"));
    const state = hex(hash.getPartialHash());
    console.log(`${state} ${hex(hash.digest())}`);
  }
});
