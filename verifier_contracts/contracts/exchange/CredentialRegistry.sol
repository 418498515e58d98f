// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CircuitRegistry} from "./CircuitRegistry.sol";
import {NotAllowed, TooEarly, TooLate, Unknown, WrongKind, WrongState} from "./Errors.sol";
import {KIND_PRESENT, TEMPLATE_CURRENT, TEMPLATE_DEPRECATED} from "./States.sol";
import {Presentation, Sigs} from "./Structs.sol";
import {ACTION_ENROL, Place, contextWord, requireInField, wordOf} from "./Words.sol";

/// @title Credentials: who may ask
/// @notice The council defines templates and names their issuers. Issuers sign credentials off chain
/// and publish what they revoke. Holders enrol an account by a proof that shows nothing else.
/// @dev An enrolment counts under the issuer's newest revocation root only, so that a revoked
/// credential counts no more from the next block on.
contract CredentialRegistry {
    /// @notice What a credential must say.
    struct Template {
        bytes32 doc; // of a document for people
        bytes32 circuit; // of kind 3, that proves it
        uint256 predicate; // the number of an attribute, and what it lies between
        uint8 state;
    }

    /// @notice Who writes an issuer's revocations, and the newest.
    struct Issuer {
        address account; // 0: it issues no more
        uint256 root; // 0: none yet
    }

    /// @notice The account of an enrolment, or the enrolment of an account.
    struct Enrolment {
        uint256 issuer;
        uint256 root; // the issuer's, at the time
        uint64 validTo;
    }

    /// @notice Whose a nullifier is, and until when.
    struct Binding {
        address account;
        uint64 until;
    }

    /// @notice The proof reads revocation root `given`; the issuer's newest is `current`.
    error StaleRevocationRoot(uint256 given, uint256 current);

    /// @notice The credential is enrolled by `account`.
    error NullifierBound(address account);

    /// @notice A template is there.
    event TemplateDefined(uint256 indexed t, bytes32 doc, bytes32 circuit, uint256 predicate);

    /// @notice Nobody can enrol under a template any more.
    event TemplateDeprecated(uint256 indexed t);

    /// @notice An issuer's credentials count, or count no more.
    event IssuerSet(uint256 indexed t, uint256 indexed issuer, address account, bool on);

    /// @notice An issuer's revocation root is new. `revoked` are the indices that it adds: whoever
    /// follows these events can build the tree.
    event RevocationSet(uint256 indexed t, uint256 indexed issuer, uint256 root, uint32[] revoked);

    /// @notice An account is enrolled.
    event Enrolled(
        uint256 indexed t,
        address indexed account,
        uint256 issuer,
        uint256 root,
        uint256 nullifier,
        uint64 validTo
    );

    /// @notice The longest that an enrolment can last.
    uint64 public constant LONGEST = 90 days;

    /// @notice The registry of circuits, whose council defines templates.
    CircuitRegistry public immutable circuits;

    /// @notice Templates by their id.
    mapping(uint256 t => Template) public templates;

    /// @notice Issuers of a template, by their key.
    mapping(uint256 t => mapping(uint256 issuer => Issuer)) public issuers;

    /// @notice Accounts that are enrolled under a template; see `valid`.
    mapping(uint256 t => mapping(address account => Enrolment)) public enrolled;

    /// @notice The account that a credential is bound to.
    mapping(uint256 t => mapping(uint256 nullifier => Binding)) public nullifiers;

    /// @param circuits_ the address of CircuitRegistry
    constructor(CircuitRegistry circuits_) {
        circuits = circuits_;
    }

    /// @notice Define a template, for the council. Its circuit need not be listed yet.
    /// @param doc of a document for people
    /// @param circuit that proves it
    /// @param predicate attribute + 8 low + 2^65 high: the attribute must lie from low to high
    /// @param s signatures of the council
    /// @return t its id: keccak256(abi.encode(chain id, this, doc, circuit, predicate)) >> 8
    function defineTemplate(
        bytes32 doc,
        bytes32 circuit,
        uint256 predicate,
        Sigs calldata s
    ) external returns (uint256 t) {
        requireInField(predicate);
        t = wordOf(keccak256(abi.encode(block.chainid, address(this), doc, circuit, predicate)));
        Template storage x = templates[t];
        if (x.state != 0) revert WrongState(x.state);
        circuits.authorise(
            keccak256(abi.encode(this.defineTemplate.selector, doc, circuit, predicate)),
            s
        );
        (x.doc, x.circuit, x.predicate) = (doc, circuit, predicate);
        x.state = TEMPLATE_CURRENT;
        emit TemplateDefined(t, doc, circuit, predicate);
    }

    /// @notice Let nobody enrol under a template any more, for the council.
    /// @dev Enrolments that there are run out, in 90 days at most.
    /// @param t the template
    /// @param s signatures of the council
    function deprecate(uint256 t, Sigs calldata s) external {
        Template storage x = templates[t];
        if (x.state != TEMPLATE_CURRENT) revert WrongState(x.state);
        circuits.authorise(keccak256(abi.encode(this.deprecate.selector, t)), s);
        x.state = TEMPLATE_DEPRECATED;
        emit TemplateDeprecated(t);
    }

    /// @notice Name an issuer, or end its credentials at once, for the council.
    /// @param t the template
    /// @param issuer its key
    /// @param account that writes its revocations
    /// @param on whether its credentials count
    /// @param s signatures of the council
    function setIssuer(
        uint256 t,
        uint256 issuer,
        address account,
        bool on,
        Sigs calldata s
    ) external {
        if (templates[t].state == 0) revert Unknown(bytes32(t));
        if (on && account == address(0)) revert NotAllowed(account);
        requireInField(issuer);
        circuits.authorise(
            keccak256(abi.encode(this.setIssuer.selector, t, issuer, account, on)),
            s
        );
        issuers[t][issuer].account = on ? account : address(0);
        emit IssuerSet(t, issuer, account, on);
    }

    /// @notice Publish a revocation root, for the issuer's account. It ends all enrolments under the
    /// root before, until their holders present again.
    /// @dev A root is a MerkleTree of depth 12 over words of 248 bits, a bit a credential.
    /// @param t the template
    /// @param issuer its key
    /// @param root of the tree, below the field's prime
    /// @param revoked the indices that are new in it
    function setRevocation(
        uint256 t,
        uint256 issuer,
        uint256 root,
        uint32[] calldata revoked
    ) external {
        Issuer storage x = issuers[t][issuer];
        if (msg.sender != x.account) revert NotAllowed(msg.sender);
        requireInField(root);
        x.root = root;
        emit RevocationSet(t, issuer, root, revoked);
    }

    /// @notice Enrol your account by a proof that you hold a credential.
    /// @dev Checks come in this order: Unknown, WrongState of the template, WrongKind of its
    /// circuit, TooLate for the proof, TooLate or TooEarly for validTo, Unknown issuer,
    /// StaleRevocationRoot, NullifierBound, then the proof's.
    /// @param p the proof and what it states
    function enrol(Presentation calldata p) external {
        Template storage x = templates[p.template];
        if (x.state == 0) revert Unknown(bytes32(p.template));
        if (x.state != TEMPLATE_CURRENT) revert WrongState(x.state);
        bytes32 circuit = x.circuit;
        uint8 kind = circuits.entry(circuit).kind;
        if (kind != KIND_PRESENT) revert WrongKind(kind);
        if (block.timestamp > p.deadline) revert TooLate(p.deadline);
        if (block.timestamp > p.validTo) revert TooLate(p.validTo);
        if (block.timestamp + LONGEST < p.validTo) revert TooEarly(p.validTo - LONGEST);
        _requireIssuer(p);
        Binding storage bound = nullifiers[p.template][p.nullifier];
        if (bound.account != msg.sender && block.timestamp <= bound.until) {
            revert NullifierBound(bound.account);
        }
        circuits.verify(circuit, p.proof, _publics(p, circuit, x.predicate));

        (bound.account, bound.until) = (msg.sender, p.validTo);
        enrolled[p.template][msg.sender] = Enrolment(p.issuer, p.root, p.validTo);
        emit Enrolled(p.template, msg.sender, p.issuer, p.root, p.nullifier, p.validTo);
    }

    /// @notice Whether an account is enrolled now.
    /// @param t the template
    /// @param account the account
    /// @return whether it is
    function valid(uint256 t, address account) external view returns (bool) {
        Enrolment storage x = enrolled[t][account];
        Issuer storage by = issuers[t][x.issuer];
        return block.timestamp <= x.validTo && by.account != address(0) && by.root == x.root;
    }

    /// @notice What nullifiers of a template are made for.
    /// @param t the template
    /// @return keccak256(abi.encode(chain id, this, t)) >> 8
    function scope(uint256 t) public view returns (uint256) {
        return wordOf(keccak256(abi.encode(block.chainid, address(this), t)));
    }

    /// @dev No issuer can have root 0, so one that has published none fails here, too.
    function _requireIssuer(Presentation calldata p) private view {
        Issuer storage x = issuers[p.template][p.issuer];
        if (x.account == address(0)) revert Unknown(bytes32(p.issuer));
        if (p.root != x.root || p.root == 0) revert StaleRevocationRoot(p.root, x.root);
    }

    /// @dev nullifier | ctx issuer revocation-root template predicate validTo scope
    function _publics(
        Presentation calldata p,
        bytes32 circuit,
        uint256 predicate
    ) private view returns (uint256[] memory words) {
        words = new uint256[](8);
        words[0] = p.nullifier;
        words[1] = contextWord(
            address(this),
            Place({
                circuit: circuit,
                action: ACTION_ENROL,
                job: 0,
                grant: bytes32(p.template),
                useNumber: 0,
                submitter: msg.sender,
                payee: address(0),
                deadline: p.deadline
            })
        );
        words[2] = p.issuer;
        words[3] = p.root;
        words[4] = p.template;
        words[5] = predicate;
        words[6] = p.validTo;
        words[7] = scope(p.template);
    }
}
