// SHA-256 of 512 private bits, as two numbers of 128 bits.
pragma circom 2.0.0;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/sha256/sha256.circom";

template Digest() {
    signal input bits[512];
    signal output half[2];

    component hash = Sha256(512);
    component numbers[2];
    for (var i = 0; i < 512; i++) {
        bits[i] * (bits[i] - 1) === 0;
        hash.in[i] <== bits[i];
    }
    for (var h = 0; h < 2; h++) {
        numbers[h] = Bits2Num(128);
        for (var i = 0; i < 128; i++) {
            numbers[h].in[127 - i] <== hash.out[128 * h + i];
        }
        half[h] <== numbers[h].out;
    }
}

component main = Digest();
