// snarkjs in one process that answers many calls, as starting it takes half a second each time.
//
//     node snarkjs_worker.cjs SNARKJS-FOLDER
//
// Reads lines {"call": "groth16.prove", "arguments": [...]} and answers each with a line
// {"result": ...} or {"error": message}. Big integers are answered as strings; the objects of a
// curve and its field, which hold the memory of a machine of WebAssembly, are left out.
"use strict";

const readline = require("readline");

const snarkjs = require(process.argv[2]);

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function plain(name, value) {
  if ((name === "curve" || name === "F") && typeof value === "object") return undefined;
  return typeof value === "bigint" ? value.toString() : value;
}

let curve;

async function answer({ call, arguments: list }) {
  const [group, name] = call.split(".");
  try {
    if (call === "wtns.check") list.push(silent); // it cannot say no without a logger
    if (name === "newAccumulator") list.unshift(curve);
    return { result: await snarkjs[group][name](...list) };
  } catch (error) {
    return { error: String(error && error.message) };
  }
}

async function main() {
  // First of all: the process shares one curve, and r1csfile would bring that of an older library,
  // which knows no sum of zero points.
  curve = await snarkjs.curves.getCurveFromName("bn128");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line)), plain) + "\n");
  }
  process.exit(0);
}

main();
