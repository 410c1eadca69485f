"""Everything that holds a key: sealing, hashing, signing, passwords and random bytes."""
