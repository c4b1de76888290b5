package sqlite

import (
	"encoding/json"
	"time"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/seal"
)

// About describes a world. It is stored unencrypted, in the row "world" of
// meta.
type About struct {
	ID string `json:"id"`
	// Name is the world's name, so that a world does not open under another's.
	// Worlds of the first schema have none.
	Name  string        `json:"name,omitempty"`
	Vault keystore.Kind `json:"vault"`
	// Also is a second vault that items of this world may lie in, while it is
	// being moved and after a move that was killed.
	Also    keystore.Kind `json:"also,omitempty"`
	Created time.Time     `json:"created"`
}

// Vaults returns the vaults that items of the world may lie in.
func (a About) Vaults() []keystore.Kind {
	if a.Also == "" || a.Also == a.Vault {
		return []keystore.Kind{a.Vault}
	}
	return []keystore.Kind{a.Vault, a.Also}
}

// ParseAbout decodes an About, and refuses one that offauth would not have
// written. place is where it was read, for the error.
func ParseAbout(place string, value []byte) (About, error) {
	var a About
	err := json.Unmarshal(value, &a)
	known := a.Vault.Known() && (a.Also == "" || a.Also.Known())
	if err != nil || keystore.CheckItem(keystore.KeyItem(a.ID)) != nil || !known {
		return About{}, damaged("%s cannot be understood", place)
	}
	return a, nil
}

// about decodes the row, which may not be authenticated yet.
func (row metaRow) about() (About, error) {
	return ParseAbout("row "+row.key+" of table meta", row.value)
}

// row returns the row of meta.
func (a About) row(m *seal.Authenticator) (metaRow, error) {
	value, err := json.Marshal(a)
	return newMetaRow(m, metaWorld, value), err
}

// About reads and authenticates what the database holds about the world.
func (r *Reader) About() (About, error) {
	row, err := readMeta(r.ctx, r.tx, metaWorld)
	if err == nil {
		err = row.check(r.auth)
	}
	if err != nil {
		return About{}, err
	}
	return row.about()
}

// SetAbout writes it. The generation stays: nothing
// happened in the world.
func (w *Writer) SetAbout(a About) error {
	row, err := a.row(w.auth)
	if err != nil {
		return err
	}
	return w.writeMeta(row)
}
