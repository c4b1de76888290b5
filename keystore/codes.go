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
	CodeDamaged          authn.Code = "storage_damaged"
	CodeForeign          authn.Code = "storage_foreign"
	CodeNewer            authn.Code = "storage_newer"
	CodeReadOnly         authn.Code = "storage_read_only"
	CodeFull             authn.Code = "storage_full"
	CodeBusy             authn.Code = "storage_busy"
	CodeFailed           authn.Code = "storage_failed"
	CodeVaultUnavailable authn.Code = "vault_unavailable"
	CodeItemMissing      authn.Code = "vault_item_missing"
	CodeItemDamaged      authn.Code = "vault_item_damaged"
	CodeWrongPassphrase  authn.Code = "wrong_passphrase"
	CodeWrongIdentity    authn.Code = "wrong_identity"
	CodeIdentityMissing  authn.Code = "identity_missing"
	CodeBadIdentity      authn.Code = "identity_damaged"
)

// spec is what is said of a code, in docs/codes.md and beside each fault.
type spec struct {
	exit    authn.Exit
	message string
	causes  []string
	hints   []string
}

// order is that of docs/codes.md.
var order = []authn.Code{
	CodeNoWorld, CodeWorldExists, CodeBadName,
	CodeDamaged, CodeForeign, CodeNewer, CodeReadOnly, CodeFull, CodeBusy, CodeFailed,
	CodeVaultUnavailable, CodeItemMissing, CodeItemDamaged,
	CodeWrongPassphrase, CodeWrongIdentity, CodeIdentityMissing, CodeBadIdentity,
}

// Codes lists the faults of this package.
func Codes() []authn.CodeSpec {
	list := make([]authn.CodeSpec, len(order))
	for i, code := range order {
		s := specs[code]
		list[i] = authn.CodeSpec{
			Code:    code,
			Exit:    s.exit,
			Message: s.message,
			Causes:  append([]string(nil), s.causes...),
			Hint:    strings.Join(s.hints, "; "),
		}
	}
	return list
}

// specs is never written to.
var specs = map[authn.Code]spec{
	CodeNoWorld: {authn.ExitNotFound, "There is no world of that name",
		[]string{"the name is misspelt", "OFFAUTH_HOME or OFFAUTH_WORLD points elsewhere", "the world was deleted, perhaps by another process just now"},
		[]string{"offauth world list", "offauth world create NAME"}},
	CodeWorldExists: {authn.ExitUsage, "A world of that name is there already",
		[]string{"it was made earlier", "another process made it at the same moment"},
		[]string{"offauth world show --world NAME", "offauth world delete NAME"}},
	CodeBadName: {authn.ExitUsage, "No world can have that name",
		[]string{"it has capitals, dots, spaces or other signs than a-z, 0-9 and '-'", "it begins with '-' or is longer than 32", "Windows keeps it for a device"},
		[]string{"use 1 to 32 of a-z, 0-9 and '-', the first not '-'"}},
	CodeDamaged: {authn.ExitStorage, "The world's database is not what offauth wrote",
		[]string{"a failing disk, or a copy that was cut short", "world.db was copied without world.db-wal", "somebody edited, deleted or put back rows", "a key of another world lies in the vault"},
		[]string{"offauth world restore SNAPSHOT --as NEWNAME", "offauth world delete NAME --force"}},
	CodeForeign: {authn.ExitStorage, "The file is not the database of a world",
		[]string{"another program's database or text lies under the name world.db", "the first page was overwritten"},
		[]string{"put the right world.db back", "offauth world delete NAME --force"}},
	CodeNewer: {authn.ExitStorage, "A newer offauth wrote this world",
		[]string{"two versions of offauth share one OFFAUTH_HOME"},
		[]string{"offauth version", "use the newer offauth for this world"}},
	CodeReadOnly: {authn.ExitStorage, "The place where worlds are kept cannot be written to",
		[]string{"the file system is mounted read-only", "the files belong to another user, or lack the right to be written"},
		[]string{"give yourself the right to write there", "set OFFAUTH_HOME to a folder of your own"}},
	CodeFull: {authn.ExitStorage, "There is no room left where worlds are kept",
		[]string{"the disk or your quota is full"},
		[]string{"make room; nothing was changed", "offauth world delete NAME"}},
	CodeBusy: {authn.ExitStorage, "Another process holds the world's files",
		[]string{"another offauth, a backup or a virus scanner has the files open"},
		[]string{"end the other process and try again"}},
	CodeFailed: {authn.ExitStorage, "The file system or the database reported an error",
		[]string{"a failing disk or network drive", "a part of OFFAUTH_HOME is a file where a folder should be"},
		[]string{"offauth doctor"}},
	CodeVaultUnavailable: {authn.ExitStorage, "The vault that keeps the world's key cannot be used",
		[]string{"no keyring service answers, or it is locked", "the vault's files cannot be read", "the identity or the passphrase was not given"},
		[]string{"offauth keystore status", "offauth doctor", "offauth world create NAME --keystore file"}},
	CodeItemMissing: {authn.ExitStorage, "The vault does not hold the key of this world",
		[]string{"the world's folder was copied from another machine or user", "the item was deleted from the keyring or the vault folder"},
		[]string{"bring the vault item back from a backup", "offauth world delete NAME --force"}},
	CodeItemDamaged: {authn.ExitStorage, "The world's item in the vault is not what offauth kept there",
		[]string{"the file was edited, cut short or exchanged for another item", "another program wrote under the same name"},
		[]string{"bring the vault item back from a backup", "offauth world delete NAME --force"}},
	CodeWrongPassphrase: {authn.ExitStorage, "The passphrase does not open the world's identity",
		[]string{"a typing error, or the passphrase of another world", "OFFAUTH_PASSPHRASE is set to something else, or empty"},
		[]string{"give the passphrase again, or set OFFAUTH_PASSPHRASE"}},
	CodeWrongIdentity: {authn.ExitStorage, "The world's key was encrypted to another identity",
		[]string{"--identity or OFFAUTH_IDENTITY names the file of another world"},
		[]string{"name the identity file of this world with --identity or OFFAUTH_IDENTITY"}},
	CodeIdentityMissing: {authn.ExitStorage, "There is no identity to open the world's key with",
		[]string{"the identity file was moved or deleted", "--identity or OFFAUTH_IDENTITY has a typing error", "the world was made with an identity file and not with a passphrase"},
		[]string{"name the identity file with --identity or OFFAUTH_IDENTITY", "offauth world create NAME --keystore file makes one"}},
	CodeBadIdentity: {authn.ExitStorage, "The identity file cannot be used",
		[]string{"it holds no X25519 key, as age-keygen writes it", "it is damaged or cannot be read"},
		[]string{"bring the identity back from a backup, or name another with --identity"}},
}
