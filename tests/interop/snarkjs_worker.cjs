// snarkjs in one process that answers many calls, as starting it takes half a second each time.
//
//     node snarkjs_worker.cjs SNARKJS-FOLDER
//
// Reads lines {"call": "groth16.prove", "arguments": [...]} and answers each with a line
// {"result": ...} or {"error": message}. Big integers are answered as strings.
"use strict";

const readline = require("readline");

const snarkjs = require(process.argv[2]);

function plain(_, value) {
  return typeof value === "bigint" ? value.toString() : value;
}

async function answer({ call, arguments: list }) {
  const [group, name] = call.split(".");
  try {
    // The one call here that takes a curve takes an object, not its name.
    if (name === "newAccumulator") list[0] = await snarkjs.curves.getCurveFromName(list[0]);
    return { result: await snarkjs[group][name](...list) };
  } catch (error) {
    return { error: String(error && error.message) };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line)), plain) + "\n");
  }
  process.exit(0);
}

main();
