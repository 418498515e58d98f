// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// States, none twice in all contracts: WrongState(n), which may come up through three calls, tells
// by n alone whose state it is. 0 is what does not exist. No state ever goes back to a lower number.

uint8 constant CIRCUIT_PROPOSED = 11;
uint8 constant CIRCUIT_ACTIVE = 12;
uint8 constant CIRCUIT_RETIRED = 13;

uint8 constant LINEAGE_PUBLISHED = 21;
uint8 constant LINEAGE_FROZEN = 22;
uint8 constant LINEAGE_DESTROYED = 23;

uint8 constant GRANT_APPLIED = 31;
uint8 constant GRANT_ACTIVE = 32;
uint8 constant GRANT_EXHAUSTED = 33;
uint8 constant GRANT_REVOKED = 34;
uint8 constant GRANT_CLOSED = 35;

uint8 constant JOB_OPEN = 41;
uint8 constant JOB_RUNNING = 42; // joint scores only: all providers have accepted
uint8 constant JOB_PROVED = 43;
uint8 constant JOB_DELIVERED = 44; // joint scores only: the band is missing
uint8 constant JOB_CLOSED = 45;
uint8 constant JOB_VOID = 46; // ended unproved: nothing was counted or paid
uint8 constant JOB_FAILED = 47; // ended undelivered: counted, and not paid

uint8 constant TEMPLATE_CURRENT = 51;
uint8 constant TEMPLATE_DEPRECATED = 52;

// Kinds of circuits. Boards to come may bring higher ones.

uint8 constant KIND_REGISTER = 1; // a segment opens, sorted and counted
uint8 constant KIND_UPDATE = 2; // a segment is another one without some of its units
uint8 constant KIND_PRESENT = 3; // a credential is held and not revoked
uint8 constant KIND_STATS = 4; // rows and sums by group
uint8 constant KIND_QUERY = 5; // a developer's own function
uint8 constant KIND_SCORE = 6; // one part of a joint score
uint8 constant KIND_BAND = 7; // the band of a joint score
