// `unused` is in no constraint: circom takes its wire away, and counts it still.
pragma circom 2.0.0;

template Root() {
    signal input area;
    signal input unused;
    signal output side;
    signal s;
    s <-- 3;          // advice: an area of 9
    s * s === area;   // two roots
    side <== s + area * area;
}

component main = Root();
