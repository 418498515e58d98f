pragma circom 2.0.0;

// The public y, and a private x of eight bits: x * x + y is the output. `unused` has no wire.
template Bits() {
    signal input x;
    signal input y;
    signal input unused;
    signal output square;
    signal bits[8];
    signal copy;

    var sum = 0;
    for (var i = 0; i < 8; i++) {
        bits[i] <-- (x >> i) & 1;
        bits[i] * (bits[i] - 1) === 0;
        sum += bits[i] * 2 ** i;
    }
    copy <== x;
    sum === copy;
    square <== copy * copy + y;
}

component main {public [y]} = Bits();
