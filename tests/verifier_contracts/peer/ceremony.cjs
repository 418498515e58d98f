// A ceremony of 2^8 by snarkjs, a key with one contribution, proofs under it, and the verifier that
// snarkjs exports; in one process, which is quicker than its command line.
//
//     node ceremony.cjs SNARKJS-FOLDER STATEMENT.r1cs STATEMENT.wasm OUT-FOLDER
"use strict";

const fs = require("fs");
const path = require("path");

const [folder, r1cs, wasm, out] = process.argv.slice(2);
const snarkjs = require(folder);
const { getCurveFromName } = require(require.resolve("ffjavascript", { paths: [folder] }));

const inputs = [
  { a: "3", b: "5", c: "7", secret: "11" },
  { a: "0", b: "0", c: "0", secret: "1" },
];

async function main() {
  const at = (name) => path.join(out, name);
  const curve = await getCurveFromName("bn128");
  await snarkjs.powersOfTau.newAccumulator(curve, 8, at("0.ptau"));
  await snarkjs.powersOfTau.contribute(at("0.ptau"), at("1.ptau"), "first", "entropy one");
  await snarkjs.powersOfTau.preparePhase2(at("1.ptau"), at("final.ptau"));
  await snarkjs.zKey.newZKey(r1cs, at("final.ptau"), at("initial.zkey"));
  await snarkjs.zKey.contribute(at("initial.zkey"), at("final.zkey"), "first", "entropy two");
  const template = path.join(folder, "templates", "verifier_groth16.sol.ejs");
  const templates = { groth16: fs.readFileSync(template, "utf8") };
  for (const name of ["initial", "final"]) {
    const zkey = at(`${name}.zkey`);
    const key = await snarkjs.zKey.exportVerificationKey(zkey);
    fs.writeFileSync(at(`${name}.json`), JSON.stringify(key));
    fs.writeFileSync(at(`${name}.sol`), await snarkjs.zKey.exportSolidityVerifier(zkey, templates));
  }
  const results = [];
  for (const input of inputs) {
    const made = await snarkjs.groth16.fullProve(input, wasm, at("final.zkey"));
    const call = await snarkjs.groth16.exportSolidityCallData(made.proof, made.publicSignals);
    results.push({ ...made, call: JSON.parse(`[${call}]`) });
  }
  fs.writeFileSync(at("proofs.json"), JSON.stringify(results));
  await curve.terminate();
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
