// Package keystore keeps worlds: their keys in vaults, and their records,
// events and timers in SQLite.
//
// A world is a folder HOME/worlds/NAME with a database that everybody who has
// the file may read, except for the secret halves of its records. Those are
// sealed under a key that comes from the world's root key, and the root key
// lies in a [Vault]: the keyring of the operating system, an encrypted file,
// or memory. Whoever edits the database without the root key is found out:
// every row carries an authenticator, and the row "state" holds a sealed sum
// over all records and timers, so that rows cannot be taken away or put back
// either without its showing when they are listed (see [World.Verify]).
//
// The vault also holds which state of a world is the newest (the generation),
// so that a folder which was copied back from an earlier day is refused. A
// change takes the world's lock, compares the database with the vault, commits,
// tells the vault, and only then its caller.
//
// What a damaged, foreign or newer file, a full disk or a dead vault lead to
// is an [authn.Fault] with one of the codes that [Codes] lists, never a panic
// and never an altered row.
package keystore
