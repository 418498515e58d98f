// A Poseidon hash of a public and a private value, by circomlib.
pragma circom 2.0.0;

include "circomlib/circuits/poseidon.circom";

template Hashed() {
    signal input a;
    signal input b;
    signal output hash;

    component poseidon = Poseidon(2);
    poseidon.inputs[0] <== a;
    poseidon.inputs[1] <== b;
    hash <== poseidon.out;
}

component main {public [a]} = Hashed();
