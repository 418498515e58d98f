// The npm package `solc` (the compiler as JavaScript) behind native solc's command line, as far as
// py-solc-x, forge and slither use it: --version; --standard-json [FILE] with --base-path,
// --include-path and --allow-paths. verifier_contracts/solc.py makes the executable that runs this:
//
//     node solc_npm.js FOLDER-OF-THE-PACKAGE [arguments of solc]
"use strict";

const fs = require("fs");
const path = require("path");

const [folder, ...given] = process.argv.slice(2);

function options(words) {
  const found = { roots: [], allowed: [], file: undefined, flags: new Set() };
  const valued = new Set(["--base-path", "--include-path", "--allow-paths"]);
  for (let i = 0; i < words.length; i++) {
    const [word, inline] = words[i].startsWith("--") ? words[i].split(/=(.*)/s) : [words[i]];
    if (valued.has(word)) {
      const value = inline === undefined ? words[++i] : inline;
      if (value === undefined) throw new Error(`${word} needs a value`);
      if (word === "--allow-paths") found.allowed.push(...value.split(",").filter(Boolean));
      else found.roots.push(value);
    } else if (word === "--version" || word === "--standard-json") {
      found.flags.add(word);
    } else if (!word.startsWith("-") || word === "-") {
      if (word !== "-") found.file = word;
    } else {
      throw new Error(`unrecognised option '${word}'`);
    }
  }
  return found;
}

// Sources are looked up under the base and include paths only, plus what --allow-paths names.
function reader(roots, allowed) {
  const bases = (roots.length ? roots : [process.cwd()]).map((root) => fs.realpathSync(root));
  const open = allowed.filter(fs.existsSync).map((root) => fs.realpathSync(root));
  return (name) => {
    const wanted = name.replace(/^file:\/\//, "");
    for (const base of bases) {
      const candidate = path.resolve(base, wanted);
      if (!fs.existsSync(candidate)) continue;
      const real = fs.realpathSync(candidate);
      if ([...bases, ...open].some((root) => real.startsWith(root + path.sep))) {
        return { contents: fs.readFileSync(real, "utf8") };
      }
    }
    return { error: `File not found: ${name}` };
  };
}

function main() {
  const found = options(given);
  const compiler = require(folder);
  if (found.flags.has("--version")) {
    process.stdout.write(`solc, the solidity compiler\nVersion: ${compiler.version()}\n`);
  } else if (found.flags.has("--standard-json")) {
    const input = fs.readFileSync(found.file === undefined ? 0 : found.file, "utf8");
    const read = reader(found.roots, found.allowed);
    process.stdout.write(compiler.compile(input, { import: read }) + "\n");
  } else {
    throw new Error("only --version and --standard-json are known here");
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`Error: ${error.message}\n`);
  process.exitCode = 1;
}
