// What circomlibjs makes of changes of a sparse Merkle tree: one JSON value on stdin, one on stdout.
//
//     node circomlibjs_trees.cjs CIRCOMLIBJS-FOLDER
"use strict";

const fs = require("fs");

const { newMemEmptyTrie } = require(process.argv[2]);

async function main() {
  const tree = await newMemEmptyTrie();
  const text = (x) => tree.F.toString(tree.F.e(x ?? 0));
  const answers = [];
  for (const [what, key, value] of JSON.parse(fs.readFileSync(0, "utf8"))) {
    const k = BigInt(key);
    const made = await (what === "delete" ? tree.delete(k) : tree[what](k, BigInt(value)));
    answers.push({
      roots: [text(made.oldRoot), text(made.newRoot)],
      siblings: made.siblings.map(text),
      other: what === "update" || made.isOld0 ? null : [text(made.oldKey), text(made.oldValue)],
    });
  }
  fs.writeSync(1, JSON.stringify(answers));
  process.exit(0); // threads of its curve would go on
}

main();
