package keystore

import (
	"encoding/json"
	"time"
)

// about is what a world says of itself, in clear: the row "world" of meta.
type about struct {
	ID string `json:"id"`
	// Name is the world's name, so that a world does not open under another's.
	// Worlds of the first schema have none.
	Name  string `json:"name,omitempty"`
	Vault Kind   `json:"vault"`
	// Also is a second vault that items of this world may lie in, while it is
	// being moved and after a move that was killed.
	Also    Kind      `json:"also,omitempty"`
	Created time.Time `json:"created"`
}

// Vaults returns the vaults that items of the world may lie in.
func (a about) Vaults() []Kind {
	if a.Also == "" || a.Also == a.Vault {
		return []Kind{a.Vault}
	}
	return []Kind{a.Vault, a.Also}
}

// ParseAbout reads what a world says of itself in a place of that description,
// and refuses what offauth would not have written.
func ParseAbout(place string, value []byte) (about, error) {
	var a about
	err := json.Unmarshal(value, &a)
	if err != nil || CheckItem(keyItem(a.ID)) != nil || !a.Vault.Known() || a.Also != "" && !a.Also.Known() {
		return about{}, damaged("%s cannot be understood", place)
	}
	return a, nil
}

// about reads the row; nobody has vouched for it before its check.
func (row metaRow) about() (about, error) {
	return ParseAbout("row "+row.key+" of table meta", row.value)
}

// row returns the row that says it.
func (a about) row(m *marker) (metaRow, error) {
	value, err := json.Marshal(a)
	return newMetaRow(m, metaWorld, value), err
}

// About reads what the world says of itself.
func (r *reader) About() (about, error) {
	row, err := readMeta(r.ctx, r.tx, metaWorld)
	if err == nil {
		err = row.check(r.marks)
	}
	if err != nil {
		return about{}, err
	}
	return row.about()
}

// SetAbout writes what the world says of itself. The generation stays: nothing
// happened in the world.
func (w *writer) SetAbout(a about) error {
	row, err := a.row(w.marks)
	if err != nil {
		return err
	}
	return w.writeMeta(row)
}
