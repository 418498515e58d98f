"""The folder in which one party of the exchange keeps its account, its secrets and its files.

home         Home: made, opened to write by one process at a time, or opened to read
header       home.json: what the home is, its public keys, and the vault's key under a password
account      account.json: the Ethereum account that sends and signs
vault        secrets, each in an encrypted file of its own, and each erasable
keys         the keys of Baby Jubjub that follow from the master secret; the numbers of a seal
documents    JSON that is not secret: schemas, manifests and the like
log          what happened, by ids and states, and nothing else
backup       one encrypted file of what a home cannot do without, and a home made of it again

password     passwords: from a variable or a descriptor, and which are taken
encryption   AES-256-GCM and scrypt
fields       files of one text, and the fields in them
folder       a folder and its files that are the user's own
locks        one writer, and no change while a backup is read
"""

from zkpipe.exchange.home.backup import Backup, backup, restore
from zkpipe.exchange.home.documents import Documents
from zkpipe.exchange.home.header import Header
from zkpipe.exchange.home.home import Home, Restored
from zkpipe.exchange.home.keys import Keys, PublicKeys, SealNumbers, seal_numbers
from zkpipe.exchange.home.log import Entry, Log
from zkpipe.exchange.home.password import from_descriptor, from_environment
from zkpipe.exchange.home.vault import Vault

__all__ = [
    "Backup",
    "Documents",
    "Entry",
    "Header",
    "Home",
    "Keys",
    "Log",
    "PublicKeys",
    "Restored",
    "SealNumbers",
    "Vault",
    "backup",
    "from_descriptor",
    "from_environment",
    "restore",
    "seal_numbers",
]
