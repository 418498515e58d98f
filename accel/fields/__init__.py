"""Elements of Fp, Fr and Fp2: types of kernels, arrays, inverses, known factors."""
