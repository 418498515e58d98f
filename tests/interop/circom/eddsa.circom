// A signature by a public key on a public message, EdDSA over Baby Jubjub with Poseidon.
pragma circom 2.0.0;

include "circomlib/circuits/eddsaposeidon.circom";

component main {public [enabled, Ax, Ay, M]} = EdDSAPoseidonVerifier();
