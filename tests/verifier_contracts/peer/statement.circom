pragma circom 2.0.0;

// Four public values: one output, then three inputs.
template Statement() {
    signal input a;
    signal input b;
    signal input c;
    signal input secret;
    signal output out;
    signal product;
    product <== a * secret;
    out <== product * b + c;
}

component main {public [a, b, c]} = Statement();
