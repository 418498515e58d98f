// A leaf lies in a Merkle tree over Poseidon, ten levels high, at a place that stays hidden.
pragma circom 2.0.0;

include "circomlib/circuits/poseidon.circom";
include "circomlib/circuits/switcher.circom";

template Member(levels) {
    signal input leaf;
    signal input siblings[levels];
    signal input index[levels];
    signal output root;

    component sides[levels];
    component hashes[levels];
    signal digests[levels + 1];
    digests[0] <== leaf;
    for (var i = 0; i < levels; i++) {
        index[i] * (index[i] - 1) === 0;
        sides[i] = Switcher();
        sides[i].sel <== index[i];
        sides[i].L <== digests[i];
        sides[i].R <== siblings[i];
        hashes[i] = Poseidon(2);
        hashes[i].inputs[0] <== sides[i].outL;
        hashes[i].inputs[1] <== sides[i].outR;
        digests[i + 1] <== hashes[i].out;
    }
    root <== digests[levels];
}

component main = Member(10);
