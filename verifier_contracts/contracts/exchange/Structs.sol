// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// What the contracts are given. The ids are digests of these structs as abi.encode writes them, so
// the order of the fields never changes. Deadlines are seconds since 1970. What has a deadline is
// allowed up to that second, and what waits for one is allowed after it.

/// @notice Signatures of an `Action` (see Signed.sol).
struct Sigs {
    uint64 deadline; // the last second in which they count
    address[] signers; // ascending
    bytes[] sigs; // 65 bytes each, in the order of the signers
}

/// @notice A circuit with its verifier. Its id is keccak256(abi.encode(record)).
struct Record {
    address verifier; // the contract that verifies its proofs
    address developer; // who wrote the circuit
    bytes32 codehash; // of the verifier
    bytes32 keyDigest; // what the verifier's KEY_DIGEST() says
    bytes32 r1csHash; // of the constraint system
    bytes32 sourceHash; // of the circuit's source text
    bytes32 ceremonyHash; // of the transcript of the setup
    bytes32 schemaHash; // of the tables it reads; 0 for kinds 1, 2, 3 and 7
    uint64 columns; // bit j: it reads column j
    uint24 leakBits; // what one answer tells at most
    uint8 shape; // 16 times the providers, plus the bits of one score; 0 outside joint scores
    uint8 kind; // see States.sol
    uint8 results; // how many of its public values a proof returns; they come first
    uint8 words; // how many of its public values a contract builds
    uint8 provenance; // what PROVENANCE() says, 0 where the verifier has none
    bool floorSafe; // it answers for no group below the floor
    bool development; // what DEVELOPMENT_KEY() says: one party could forge proofs
}

/// @notice The proof that an account holds a credential, and what it states.
struct Presentation {
    uint256 template; // its id
    uint256 issuer; // the issuer's key
    uint256 root; // the issuer's revocation root that the proof reads
    uint256 nullifier; // the same for the same credential in this template, and tells nothing else
    uint64 validTo; // until when the account is enrolled; 90 days ahead at most
    uint64 deadline; // of the proof
    uint256[8] proof; // a, b, c
}

/// @notice What holds for a lineage as long as it lasts.
struct Policy {
    bytes32 schemaHash; // keccak256 of the schema's canonical JSON
    bytes32 docHash; // of a document for people; 0 for none
    bytes32 approvers; // keccak256(abi.encode(list, m)); 0: the owner approves alone
    uint256 template; // the credential that a user must hold; 0 for none
    uint32 limitBits; // all answers together tell no more than this
    uint16 floor; // the fewest units that a group is answered for
    bool keyed; // one row a holder
}

/// @notice A segment to publish: a commitment to some rows, with its proof.
struct Segment {
    bytes32 root; // the commitment
    bytes32 replaces; // the root that it updates; 0 for new rows
    bytes32 circuit; // that proves it: of kind 1, or 2 for an update
    uint32 rows; // how many there are
    uint32 units; // how many persons, firms or the like they are of
    uint64 deadline; // of the proof
    uint256[8] proof; // a, b, c
}

/// @notice A right: one circuit, on one lineage, a number of times. Its id is
/// keccak256(abi.encode(chain id, UsageGrants, terms)).
struct Terms {
    address board; // where it is used
    address grantee; // who asks
    address payee; // who is paid
    bytes32 lineage; // what is asked
    bytes32 circuit; // how it is asked
    bytes32 doc; // of a document for people; 0 for none
    uint256 param; // the word of the scheme of a joint score; 0 outside joint scores
    uint256 salt; // tells equal terms apart
    uint128 price; // points a use
    uint64 expiry; // the last second in which it can be used
    uint32 version; // the last version whose segments it reaches; 0: always the newest
    uint32 maxUses; // how often
}

/// @notice One proof of a job: under which grant, by whom and about what.
struct Step {
    Terms terms;
    address submitter; // who sends the proof: the lineage's owner or the owner's prover
    bytes32 root; // the segment; 0 in a joint score: any
}

/// @notice A job. Its id is keccak256(abi.encode(chain id, board, spec)).
struct JobSpec {
    address opener; // who asks and pays
    uint256 nonce; // tells equal jobs apart
    uint256 ask; // the question's argument; in a joint score the applicant's consent
    uint256 openerKey; // answers are sealed to it
    uint256 auditorKey; // and to this one, the council's
    uint64 until; // the end of the consent; 0 outside joint scores
    uint64 acceptBy; // 0 outside joint scores
    uint64 proveBy;
    uint64 deliverBy;
    bytes32 doc; // of a document for people; 0 for none
    Step[] steps;
}

/// @notice Who computes a joint score, and how; empty outside joint scores.
struct Scheme {
    address lender;
    bytes32[] lineages; // a provider each
    bytes32[] circuits; // a provider each
    bytes32 band; // the circuit that proves the band of the total
    bytes32 doc; // of a document for people; 0 for none
}
