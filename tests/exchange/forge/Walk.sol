// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DataCatalogue} from "../../../verifier_contracts/contracts/exchange/DataCatalogue.sol";
import {
    JobSpec,
    Presentation,
    Scheme,
    Segment,
    Step,
    Terms
} from "../../../verifier_contracts/contracts/exchange/Structs.sol";
import {UsageGrants} from "../../../verifier_contracts/contracts/exchange/UsageGrants.sol";
import {Setting} from "./Setting.sol";
import {vm} from "./Vm.sol";

/// @title Acts on an exchange, and what they must do
/// @notice forge calls the acts in any order. Each notes what the contracts accepted, and checks at
/// once what can be told from it alone. No act reverts unless a contract does what it must not.
contract Walk is Setting {
    uint256 private constant MOST_GRANTS = 16;
    uint256 private constant MOST_JOBS = 32;
    uint256[2] private OPENING = [uint256(51), 52];

    // what was accepted, counted here
    Terms[] internal terms;
    bytes[] internal jobs; // abi.encode(JobSpec)
    bytes32[] internal roots;
    mapping(bytes32 grant => uint256) internal usesOf;
    mapping(bytes32 grant => bool) internal wasRevoked;
    mapping(bytes32 job => bool) internal isProved;
    mapping(bytes32 job => bool) internal isOpened;
    uint256 internal earned;
    uint256 internal spent;
    uint256 internal entries;
    bytes32 internal chainHash;
    mapping(address account => uint256) internal nullifierOf;

    // what may only rise
    mapping(bytes32 id => uint256) private _state;
    mapping(bytes32 grant => uint256) private _used;
    mapping(bytes32 root => uint256) private _withdrawn;
    uint256 private _spent;
    uint256 private _earned;

    constructor() {
        _furnish();
        _publish(1);
        _publish(2);
    }

    // ---- acts

    function wait(uint256 seed) external {
        time += [uint256(1), 5, 20, 60, 200][seed % 5];
        vm.warp(time);
    }

    function request(uint256 seed) external now_ {
        if (terms.length == MOST_GRANTS) return;
        Terms memory t;
        t.board = _one(seed, 1, 5) ? OTHER_BOARD : address(board);
        (t.grantee, t.payee, t.lineage, t.circuit) = (GRANTEE, PAYEE, lineage, circuit[4]);
        (t.salt, t.price) = (terms.length, uint128([0, 7, 100, 900][_pick(seed, 2, 4)]));
        t.expiry = uint64(time + 20 + _pick(seed, 3, 900));
        t.version = _one(seed, 4, 4) ? 1 : 0;
        t.maxUses = uint32([1, 1, 2, 3, 50][_pick(seed, 5, 5)]);
        vm.prank(GRANTEE);
        grants.request(t);
        terms.push(t);
        _look(grants.grantId(t));
    }

    function approve(uint256 seed) external now_ {
        (Terms memory t, bytes32 id, bool any) = _grant(seed);
        if (!any) return;
        uint256[] memory keys = approverKeys;
        if (_one(seed, 1, 10)) keys = new uint256[](0);
        uint256 before = grants.grant(id).state;
        try grants.approve(t, approvers, 2, _signed(address(grants), address(grants), id, 0, keys)) {
            assert(before == 31 && keys.length == 2 && time <= t.expiry);
        } catch {}
        _look(id);
    }

    function revoke(uint256 seed) external now_ {
        (Terms memory t, bytes32 id, bool any) = _grant(seed);
        if (!any || !_one(seed, 1, 4)) return;
        address who = _one(seed, 2, 3) ? STRANGER : OWNER;
        vm.prank(who);
        try grants.revoke(t, approvers, 2) {
            assert(who == OWNER);
            wasRevoked[id] = true;
        } catch {}
        _look(id);
    }

    function close(uint256 seed) external now_ {
        (Terms memory t, bytes32 id, bool any) = _grant(seed);
        if (any) _close(t, id);
    }

    /// The other board does what it likes.
    function ticket(uint256 seed) external now_ {
        (Terms memory t, bytes32 id, bool any) = _grant(seed);
        if (!any) return;
        uint256 what = _pick(seed, 1, 4);
        UsageGrants.Grant memory g = grants.grant(id);
        uint32 number = _one(seed, 2, 8) ? g.nextTicket : g.nextTicket - 1;
        vm.prank(OTHER_BOARD);
        if (what == 0) {
            try grants.take(t) {
                assert(t.board == OTHER_BOARD && g.state == 32);
            } catch {}
        } else if (what == 1) {
            try grants.drop(t, number) {
                assert(t.board == OTHER_BOARD && g.open != 0 && number < g.nextTicket);
            } catch {}
        } else {
            try grants.use(t, number) {
                assert(t.board == OTHER_BOARD && g.open != 0 && number < g.nextTicket);
                _used_(id);
            } catch {}
        }
        _look(id);
    }

    function open(uint256 seed) external now_ {
        (Terms memory t, , bool any) = _grant(seed);
        if (!any || jobs.length == MOST_JOBS) return;
        JobSpec memory s;
        (s.opener, s.nonce, s.ask) = (GRANTEE, jobs.length, 33);
        (s.openerKey, s.auditorKey) = (7002, AUDITOR);
        s.proveBy = uint64(time + 5 + _pick(seed, 1, 200));
        s.deliverBy = uint64(s.proveBy + 1 + _pick(seed, 2, 120));
        s.steps = new Step[](1);
        s.steps[0] = Step(t, PROVER, roots[_pick(seed, 3, roots.length)]);
        Scheme memory none;
        bytes32 job = board.jobId(s);
        vm.prank(GRANTEE);
        try board.open(s, none) {
            assert(t.board == address(board) && t.expiry >= s.proveBy);
            jobs.push(abi.encode(s));
            isOpened[job] = true;
        } catch {}
        _look(grants.grantId(t));
    }

    /// In one case of five the proof is of another place.
    function submit(uint256 seed) external now_ {
        (JobSpec memory s, bytes32 job, bool any) = _job(seed);
        if (!any) return;
        uint256[] memory results = _results();
        uint256[8] memory proof;
        (uint256 wrong, Step memory step) = (_pick(seed, 1, 15), s.steps[0]);
        verifier[4].accept(proof, _words(s, job, wrong));
        vm.prank(PROVER);
        try board.submit(s, 0, step.root, proof, results) {
            assert(wrong > 2 && !isProved[job] && time <= s.proveBy);
            assert(catalogue.segment(step.root).withdrawn == 0);
            isProved[job] = true;
            _used_(grants.grantId(step.terms));
            _chain(keccak256(abi.encode(job, uint256(0), step.root, results)), address(board));
        } catch {}
        _look(grants.grantId(step.terms));
        _lookAtJob(job);
    }

    function deliver(uint256 seed) external now_ {
        (JobSpec memory s, bytes32 job, bool any) = _job(seed);
        if (!any) return;
        uint256[] memory results = _results();
        uint256 wrong = _pick(seed, 1, 12);
        if (wrong == 0) results[1] += 1;
        (uint256 w0, uint256 w1) = (OPENING[0] + (wrong == 1 ? 1 : 0), OPENING[1]);
        if (wrong == 2) w1 += 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
        try board.deliver(s, 0, results, w0, w1) {
            assert(wrong > 2 && isProved[job] && time <= s.deliverBy);
            earned += s.steps[0].terms.price;
        } catch {}
        _lookAtJob(job);
    }

    function expire(uint256 seed) external now_ {
        (JobSpec memory s, bytes32 job, bool any) = _job(seed);
        if (any) _expire(s, job);
    }

    function publish(uint256 seed) external now_ {
        if (roots.length < 8 && _one(seed, 1, 3)) _publish(roots.length + 1);
        if (!_one(seed, 2, 6)) return;
        bytes32[] memory gone = new bytes32[](1);
        gone[0] = roots[_pick(seed, 3, roots.length)];
        vm.prank(OWNER);
        try catalogue.publish(lineage, new Segment[](0), gone, 0) {
            assert(_withdrawn[gone[0]] == 0);
            _withdrawn[gone[0]] = catalogue.lineage(lineage).head;
        } catch {}
    }

    function append(uint256 seed) external now_ {
        address who = _one(seed, 1, 2) ? OWNER : STRANGER;
        bytes32 digest = keccak256(abi.encode(seed));
        (, , uint8 before) = ledger.head(asset);
        uint8 stage = uint8(_pick(seed, 2, 7));
        vm.prank(who);
        try ledger.append(asset, stage, digest, new bytes32[](0), 0) {
            if (who != OWNER) return;
            assert(stage >= before || stage == 1);
            _chain(digest, who);
        } catch {}
    }

    function enrol(uint256 seed) external now_ {
        address who = address(uint160(0xD0 + _pick(seed, 1, 3)));
        Presentation memory p;
        (p.template, p.issuer, p.root) = (template, ISSUER, REVOCATION);
        (p.nullifier, p.deadline) = (1 + _pick(seed, 2, 3), uint64(FAR));
        p.validTo = uint64(time + _pick(seed, 3, 500));
        vm.prank(who);
        try credentials.enrol(p) {
            nullifierOf[who] = p.nullifier;
        } catch {}
    }

    // ---- how they are done

    modifier now_() {
        vm.warp(time);
        _;
    }

    function _pick(uint256 seed, uint256 salt, uint256 n) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, salt))) % n;
    }

    function _one(uint256 seed, uint256 salt, uint256 n) private pure returns (bool) {
        return _pick(seed, salt, n) == 0;
    }

    function _grant(uint256 seed) private view returns (Terms memory t, bytes32 id, bool any) {
        if (terms.length == 0) return (t, id, false);
        t = terms[_pick(seed, 100, terms.length)];
        return (t, grants.grantId(t), true);
    }

    function _job(uint256 seed) private view returns (JobSpec memory s, bytes32 id, bool any) {
        if (jobs.length == 0) return (s, id, false);
        s = abi.decode(jobs[_pick(seed, 100, jobs.length)], (JobSpec));
        return (s, board.jobId(s), true);
    }

    function _results() private view returns (uint256[] memory results) {
        results = new uint256[](3);
        (results[0], results[1], results[2]) = (poseidon.hash(OPENING), 61, 62);
    }

    /// The words of a proof; wrong below 3: of another ticket, root or payee.
    function _words(
        JobSpec memory s,
        bytes32 job,
        uint256 wrong
    ) private view returns (uint256[] memory words) {
        Terms memory t = s.steps[0].terms;
        (, , uint32 number) = _ticketOf(job);
        bytes memory place = abi.encode(
            block.chainid,
            address(board),
            t.circuit,
            keccak256("zkpipe.v1.step"),
            job,
            grants.grantId(t),
            uint256(wrong == 0 ? number + 1 : number),
            PROVER,
            wrong == 1 ? STRANGER : t.payee,
            uint256(s.proveBy)
        );
        uint256[] memory results = _results();
        words = new uint256[](9);
        (words[0], words[1], words[2]) = (results[0], results[1], results[2]);
        words[3] = uint256(keccak256(place)) >> 8;
        words[4] = uint256(s.steps[0].root) + (wrong == 2 ? 1 : 0);
        (words[5], words[6], words[7], words[8]) = (s.ask, FLOOR, s.openerKey, s.auditorKey);
    }

    function _ticketOf(bytes32 job) private view returns (uint8, uint8, uint32) {
        return board.jobs(job);
    }

    function _publish(uint256 number) private {
        Segment[] memory added = new Segment[](1);
        added[0].root = bytes32(number);
        (added[0].circuit, added[0].rows, added[0].units) = (circuit[1], 100, 90);
        added[0].deadline = uint64(FAR);
        bytes memory place = abi.encode(
            block.chainid,
            address(catalogue),
            circuit[1],
            keccak256("zkpipe.v1.publish"),
            bytes32(0),
            lineage,
            uint256(0),
            OWNER,
            address(0),
            FAR
        );
        uint256[] memory words = new uint256[](5);
        (words[0], words[1], words[2]) = (100, 90, uint256(keccak256(place)) >> 8);
        (words[3], words[4]) = (number, uint256(SCHEMA) >> 8);
        verifier[1].accept(added[0].proof, words);
        vm.prank(OWNER);
        catalogue.publish(lineage, added, new bytes32[](0), 0);
        roots.push(bytes32(number));
        _state[keccak256(abi.encode("added", number))] = catalogue.lineage(lineage).head;
    }

    function _close(Terms memory t, bytes32 id) internal {
        try grants.close(t) {} catch {}
        _look(id);
    }

    function _expire(JobSpec memory s, bytes32 job) internal {
        (uint8 before, , ) = _ticketOf(job);
        try board.expire(s) {
            assert(time > (before == 43 ? s.deliverBy : s.proveBy));
        } catch {}
        _lookAtJob(job);
    }

    function _used_(bytes32 id) private {
        ++usesOf[id];
        spent += LEAK;
    }

    function _chain(bytes32 digest, address by) private {
        bytes32 entry = keccak256(
            abi.encode(block.chainid, address(ledger), asset, uint64(++entries), digest, by)
        );
        chainHash = keccak256(abi.encode(chainHash, entry));
    }

    // ---- what only rises (invariants 5 and 6), looked at where something was done

    function _look(bytes32 id) private {
        UsageGrants.Grant memory g = grants.grant(id);
        assert(g.state >= _state[id] && g.used >= _used[id]);
        (_state[id], _used[id]) = (g.state, g.used);
        uint256 now_spent = catalogue.lineage(lineage).spent;
        assert(now_spent >= _spent);
        _spent = now_spent;
    }

    function _lookAtJob(bytes32 job) private {
        (uint8 state, , ) = _ticketOf(job);
        assert(state >= _state[job]);
        _state[job] = state;
        uint256 now_earned = settlement.earned(address(board), PAYEE);
        assert(now_earned >= _earned);
        _earned = now_earned;
    }

    // ---- what holds at all times; the numbers are those of the design

    function check() external view {
        DataCatalogue.Lineage memory l = catalogue.lineage(lineage);
        assert(uint256(l.spent) + l.held <= LIMIT && l.spent == spent); // 4
        uint256 held;
        for (uint256 i; i < terms.length; ++i) {
            bytes32 id = grants.grantId(terms[i]);
            UsageGrants.Grant memory g = grants.grant(id);
            assert(uint256(g.used) + g.open <= terms[i].maxUses); // 2
            assert(g.used == usesOf[id]); // 3
            if (g.state != 35) held += uint256(terms[i].maxUses - g.used) * g.leakBits;
        }
        assert(held == l.held);
        uint256 escrows;
        uint256 paid;
        for (uint256 i; i < jobs.length; ++i) {
            JobSpec memory s = abi.decode(jobs[i], (JobSpec));
            bytes32 job = board.jobId(s);
            (uint8 state, , ) = _ticketOf(job);
            (, uint256 left) = settlement.escrow(address(board), job);
            uint256 price = s.steps[0].terms.price;
            assert(left == (state == 41 || state == 43 ? price : 0)); // 7
            assert((state == 43 || state == 45 || state == 47) == isProved[job]); // 8
            if (state == 45) paid += price;
            escrows += left;
        }
        assert(paid == earned && settlement.earned(address(board), PAYEE) == earned); // 8
        uint256 balances = settlement.balance(GRANTEE) + settlement.balance(PAYEE);
        assert(balances + escrows == POINTS && settlement.issued() == POINTS); // 1
        for (uint256 i; i < roots.length; ++i) {
            DataCatalogue.Published memory p = catalogue.segment(roots[i]);
            assert(p.added == _state[keccak256(abi.encode("added", uint256(roots[i])))]); // 9
            assert(p.withdrawn == _withdrawn[roots[i]]); // 9
        }
        (bytes32 hash, uint64 seq, ) = ledger.head(asset);
        assert(seq == entries && hash == chainHash); // 10
        for (uint160 i = 0xD0; i < 0xD3; ++i) {
            for (uint160 j = 0xD0; j < i; ++j) {
                bool both = credentials.valid(template, address(i)) &&
                    credentials.valid(template, address(j));
                assert(!both || nullifierOf[address(i)] != nullifierOf[address(j)]); // 11
            }
        }
    }

    /// After all deadlines everything ends, and nothing is held (12). Bits of the states that were
    /// reached: 1 exhausted, 2 revoked, 4 job closed, 8 job void, 16 job failed, 32 expired grant.
    function finish() external returns (uint256 ends) {
        for (uint256 i; i < terms.length; ++i) {
            bytes32 id = grants.grantId(terms[i]);
            if (usesOf[id] == terms[i].maxUses) ends |= 1;
            else if (wasRevoked[id]) ends |= 2;
            else if (terms[i].expiry < time) ends |= 32;
        }
        time += 5000;
        vm.warp(time);
        for (uint256 i; i < jobs.length; ++i) {
            JobSpec memory s = abi.decode(jobs[i], (JobSpec));
            bytes32 job = board.jobId(s);
            _expire(s, job);
            (uint8 state, , ) = _ticketOf(job);
            assert(state >= 45);
            ends |= state == 45 ? 4 : state == 46 ? 8 : 16;
            (, uint256 left) = settlement.escrow(address(board), job);
            assert(left == 0);
        }
        for (uint256 i; i < terms.length; ++i) {
            bytes32 id = grants.grantId(terms[i]);
            UsageGrants.Grant memory g = grants.grant(id);
            for (uint32 n = g.open; n != 0; --n) {
                assert(terms[i].board == OTHER_BOARD);
                vm.prank(OTHER_BOARD);
                grants.drop(terms[i], g.nextTicket - 1);
            }
            _close(terms[i], id);
            assert(grants.grant(id).state == 35);
        }
        assert(catalogue.lineage(lineage).held == 0);
    }
}
