// DID documents by ethr-did-resolver: one JSON value on stdin, one on stdout.
//
//     node resolved.cjs NODE_MODULES
"use strict";

const fs = require("fs");
const path = require("path");

const at = (name) => require(path.join(process.argv[2], name));
const { Resolver } = at("did-resolver");
const { getResolver } = at("ethr-did-resolver");

const { rpc, chain, registry, dids } = JSON.parse(fs.readFileSync(0, "utf8"));
const networks = [{ name: "dev", chainId: chain, rpcUrl: rpc, registry }];
const resolver = new Resolver(getResolver({ networks }));
Promise.all(dids.map((did) => resolver.resolve(did))).then((found) => {
  fs.writeSync(1, JSON.stringify(found));
  process.exit(0);
});
