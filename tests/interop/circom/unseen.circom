// x is below y, both of 8 bits and private: no public value at all.
pragma circom 2.0.0;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";

template Unseen() {
    signal input x;
    signal input y;

    component of_x = Num2Bits(8);
    component of_y = Num2Bits(8);
    of_x.in <== x;
    of_y.in <== y;
    component less = LessThan(8);
    less.in[0] <== x;
    less.in[1] <== y;
    less.out === 1;
}

component main = Unseen();
