pragma circom 2.1.0;

// What inputs look like: a value, an array, an array of arrays, an array of one. It logs its first
// input, and refuses 13 in a template of its own.
template Checked() {
    signal input value;
    signal output out;
    assert(value != 13);
    out <== value * value;
}

template Shapes() {
    signal input a;
    signal input list[3];
    signal input grid[2][3];
    signal input one[1];
    signal output sum;
    signal output square;

    log("a is", a);
    var total = one[0];
    for (var i = 0; i < 3; i++) {
        total += (i + 1) * list[i];
        for (var j = 0; j < 2; j++) {
            total += 10 ** (1 + 3 * j + i) * grid[j][i];
        }
    }
    sum <== total;
    component checked = Checked();
    checked.value <== a;
    square <== checked.out;
}

component main {public [a]} = Shapes();
