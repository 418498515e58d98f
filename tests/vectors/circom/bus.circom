pragma circom 2.2.0;

// Inputs that are buses: one, and an array of them.
bus Point() {
    signal x;
    signal y;
}

template Buses() {
    input Point() one;
    input Point() many[2];
    signal output out;
    signal part;
    part <== one.x * one.y;
    out <== part + 10 * many[0].x + 100 * many[0].y + 1000 * many[1].x + 10000 * many[1].y;
}

component main = Buses();
