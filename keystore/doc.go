// Package keystore has the vocabulary that its subpackages share: the [Vault]
// interface, the kinds of vaults, the names of their items, and the faults.
//
//   - worlds: worlds in a folder, each with its database, locks and vault
//   - sqlite: the database of one world
//   - memory: a world in memory
//   - vault, keyring: the vaults: encrypted files, memory, the operating system
//   - seal: a world's keys, and what they seal and authenticate
//   - batch: what all stores agree on
//   - disk: files and locks
//
// A damaged, foreign or newer file, a full disk or a dead vault causes an
// [authn.Fault] with one of the codes in [Codes], never a panic or a changed
// row.
package keystore
