package keystore

import (
	"strings"

	"github.com/offauth/offauth/authn"
)

// The codes of this package's faults.
const (
	CodeNoWorld          authn.Code = "no_world"
	CodeWorldExists      authn.Code = "world_exists"
	CodeBadName          authn.Code = "bad_name"
	CodeRenamed          authn.Code = "world_renamed"
	CodeDamaged                     = authn.CodeStorageDamaged
	CodeForeign          authn.Code = "storage_foreign"
	CodeNewer            authn.Code = "storage_newer"
	CodeReadOnly         authn.Code = "storage_read_only"
	CodeFull             authn.Code = "storage_full"
	CodeBusy             authn.Code = "storage_busy"
	CodeFailed           authn.Code = "storage_failed"
	CodeRolledBack       authn.Code = "state_rolled_back"
	CodeVaultUnavailable authn.Code = "vault_unavailable"
	CodeVaultLocked      authn.Code = "vault_locked"
	CodeVaultTimeout     authn.Code = "vault_timeout"
	CodeVaultWrite       authn.Code = "vault_write_failed"
	CodeItemMissing      authn.Code = "vault_item_missing"
	CodeItemDamaged      authn.Code = "vault_item_damaged"
	CodeItemForeign      authn.Code = "vault_item_foreign"
	CodeItemTooBig       authn.Code = "vault_item_too_big"
	CodeWrongPassphrase  authn.Code = "wrong_passphrase"
	CodeWrongIdentity    authn.Code = "wrong_identity"
	CodeIdentityMissing  authn.Code = "identity_missing"
	CodeBadIdentity      authn.Code = "identity_damaged"
	CodeSnapshotMissing  authn.Code = "snapshot_missing"
	CodeSnapshotExists   authn.Code = "snapshot_exists"
	CodeSnapshotDamaged  authn.Code = "snapshot_damaged"
	CodeSnapshotNoKey    authn.Code = "snapshot_without_key"
)

// spec describes a code, for docs/codes.md and for each fault.
type spec struct {
	code    authn.Code
	exit    authn.Exit
	message string
	causes  []string
	hints   []string
}

// Codes returns the faults of this package.
func Codes() []authn.CodeSpec {
	list := make([]authn.CodeSpec, len(specs))
	for i, s := range specs {
		list[i] = authn.CodeSpec{
			Code:    s.code,
			Exit:    s.exit,
			Message: s.message,
			Causes:  append([]string(nil), s.causes...),
			Hint:    strings.Join(s.hints, "; "),
		}
	}
	return list
}

// specs is in the order of docs/codes.md and never modified.
var specs = [...]spec{
	{CodeNoWorld, authn.ExitNotFound, "there is no world of that name",
		[]string{
			"the name is misspelt",
			"OFFAUTH_HOME or OFFAUTH_WORLD points elsewhere",
			"the world was deleted, perhaps by another process just now",
		},
		[]string{"offauth world list", "offauth world create NAME"}},
	{CodeWorldExists, authn.ExitUsage, "a world of that name is there already",
		[]string{"it was made earlier", "another process made it at the same moment"},
		[]string{"offauth world show --world NAME", "offauth world delete NAME"}},
	{CodeBadName, authn.ExitUsage, "no world can have that name",
		[]string{
			"it has capitals, dots, spaces or other signs than a-z, 0-9 and '-'",
			"it begins with '-' or is longer than 32",
			"Windows keeps it for a device",
		},
		[]string{"use 1 to 32 of a-z, 0-9 and '-', the first not '-'"}},
	{CodeRenamed, authn.ExitStorage, "the folder holds a world of another name",
		[]string{"the world's folder was renamed or copied", "the databases of two worlds were exchanged"},
		[]string{"give the folder its name back", "offauth world repair NAME --accept-name"}},
	{CodeDamaged, authn.ExitStorage, "the world's database is not what offauth wrote",
		[]string{
			"a failing disk, or a copy that was cut short",
			"world.db was copied without world.db-wal",
			"somebody edited, deleted or put back rows",
		},
		[]string{"offauth world restore SNAPSHOT --as NEWNAME", "offauth world delete NAME --force"}},
	{CodeForeign, authn.ExitStorage, "the file is not the database of a world",
		[]string{"another program's database or text lies under the name world.db", "the first page was overwritten"},
		[]string{"put the right world.db back", "offauth world delete NAME --force"}},
	{CodeNewer, authn.ExitStorage, "a newer offauth wrote this world",
		[]string{"two versions of offauth share one OFFAUTH_HOME"},
		[]string{"offauth version", "use the newer offauth for this world"}},
	{CodeReadOnly, authn.ExitStorage, "the place where worlds are kept cannot be written to",
		[]string{
			"the file system is mounted read-only",
			"the files belong to another user, or lack the right to be written",
		},
		[]string{"give yourself the right to write there", "set OFFAUTH_HOME to a folder of your own"}},
	{CodeFull, authn.ExitStorage, "there is no room left where worlds are kept",
		[]string{"the disk or your quota is full"},
		[]string{"make room; nothing was changed"}},
	{CodeBusy, authn.ExitStorage, "another process holds the world's files",
		[]string{"another offauth, a backup or a virus scanner has the files open"},
		[]string{"end the other process and try again"}},
	{CodeFailed, authn.ExitStorage, "the file system or the database reported an error",
		[]string{
			"a failing disk or network drive",
			"a volume without file locks, or without memory that processes can share, as some network and container volumes are",
			"a part of OFFAUTH_HOME is a file where a folder should be",
		},
		[]string{"look at what the message names", "set OFFAUTH_HOME to a folder on a sound disk"}},
	{CodeRolledBack, authn.ExitStorage, "an earlier state of the world was put back",
		[]string{
			"the world's folder, or its database, was copied back from a backup",
			"world.db was copied without world.db-wal, and the newest changes were in that",
			"another copy of the world was acted in, and lies here now",
		},
		[]string{
			"put the newest world.db back",
			"offauth world repair NAME --accept-rollback",
			"offauth world restore SNAPSHOT --as NEWNAME",
		}},
	{CodeVaultUnavailable, authn.ExitStorage, "the vault that keeps the world's key cannot be used",
		[]string{
			"no keyring service answers: there is no desktop session, as in a plain ssh login or a container",
			"the keyring service answers, and has no default keyring to keep things in",
			"the vault's files cannot be read",
		},
		[]string{
			"log in on the desktop, or start its keyring service, and run the command again",
			"offauth keystore status",
			"offauth world create NEWNAME --keystore file",
		}},
	{CodeVaultLocked, authn.ExitStorage, "the keyring that keeps the world's key is locked",
		[]string{
			"nobody has logged in on the desktop",
			"the dialog that asks for the keyring's password was dismissed, or could not be shown",
		},
		[]string{"unlock the keyring, or log in on the desktop, and run the command again", "offauth keystore status"}},
	{CodeVaultTimeout, authn.ExitStorage, "the keyring did not answer in time",
		[]string{"a dialog of the keyring waits for somebody", "the keyring service hangs"},
		[]string{
			"answer the keyring's dialog, or restart the keyring service, and run the command again",
			"offauth keystore status",
		}},
	{CodeVaultWrite, authn.ExitStorage,
		"the change is kept, but the vault did not take its number, so nothing of it is told",
		[]string{"the keyring was locked or ended, or the vault's folder cannot be written to, while the command ran"},
		[]string{"run the command again when the vault answers: that repairs it", "offauth keystore status"}},
	{CodeItemMissing, authn.ExitStorage, "the vault does not hold an item of this world",
		[]string{
			"the world's folder was copied from another machine or user",
			"the item was deleted from the keyring or the vault folder",
			"offauth keystore wipe",
		},
		[]string{
			"bring the vault item back from a backup",
			"offauth keystore status",
			"offauth world delete NAME --force",
		}},
	{CodeItemDamaged, authn.ExitStorage, "the world's item in the vault is not what offauth kept there",
		[]string{
			"the file was edited, cut short or exchanged for another item",
			"another program wrote under the same name",
		},
		[]string{"bring the vault item back from a backup", "offauth world delete NAME --force"}},
	{CodeItemForeign, authn.ExitStorage, "the world's item in the vault is the key of another world",
		[]string{
			"an item was copied or renamed within the vault",
			"the database of another world was given this world's id",
		},
		[]string{"bring the vault item back from a backup", "offauth world delete NAME --force"}},
	{CodeItemTooBig, authn.ExitStorage, "the vault does not take an item of that size",
		[]string{"the keyring takes less than what offauth keeps there, which is under 100 bytes"},
		[]string{"offauth keystore move --to file --world NAME"}},
	{CodeWrongPassphrase, authn.ExitStorage, "the passphrase does not open the world's identity",
		[]string{
			"a typing error, or the passphrase of another world",
			"OFFAUTH_PASSPHRASE is set to something else, or empty",
		},
		[]string{"give the passphrase again, or set OFFAUTH_PASSPHRASE"}},
	{CodeWrongIdentity, authn.ExitStorage, "the world's key was encrypted to another identity",
		[]string{"--identity or OFFAUTH_IDENTITY names the file of another world"},
		[]string{"name the identity file of this world with --identity or OFFAUTH_IDENTITY"}},
	{CodeIdentityMissing, authn.ExitStorage, "there is no identity to open the world's key with",
		[]string{
			"the identity file was moved or deleted",
			"--identity or OFFAUTH_IDENTITY has a typing error",
			"the world was made with an identity file and not with a passphrase",
		},
		[]string{
			"name the identity file with --identity or OFFAUTH_IDENTITY",
			"`offauth world create NEWNAME --identity FILE` makes one",
		}},
	{CodeBadIdentity, authn.ExitStorage, "the identity file cannot be used",
		[]string{"it holds no X25519 key, as age-keygen writes it", "it is damaged or cannot be read"},
		[]string{"bring the identity back from a backup, or name another with --identity"}},
	{CodeSnapshotMissing, authn.ExitNotFound, "there is no snapshot of that name",
		[]string{"the path has a typing error"},
		[]string{"offauth world snapshot FILE"}},
	{CodeSnapshotExists, authn.ExitUsage, "there is a file of that name already",
		[]string{"a snapshot never replaces a file"},
		[]string{"name another file, or delete that one"}},
	{CodeSnapshotDamaged, authn.ExitStorage, "the snapshot is not what offauth wrote",
		[]string{"the file was cut short, or altered", "it is no snapshot of a world"},
		[]string{"use another snapshot"}},
	{CodeSnapshotNoKey, authn.ExitStorage, "the snapshot holds no key",
		[]string{"it was made without --to-identity"},
		[]string{"leave --identity out: the vault item of its world is used then"}},
}

// specOf returns the description of a code.
func specOf(code authn.Code) spec {
	for _, s := range specs {
		if s.code == code {
			return s
		}
	}
	return spec{}
}
