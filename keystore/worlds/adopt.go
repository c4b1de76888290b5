package worlds

import (
	"context"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/sqlite"
)

// Adopt lets a world have the name of the folder that it lies in, after that
// was renamed. A copy is not adopted while the world itself is there: the two
// would have one state in the vault, so that each change in one would leave the
// other behind. It reports whether there was anything to do.
func (h Home) Adopt(ctx context.Context, name string, open keystore.Opener) (adopted bool, err error) {
	if err := checkName(name); err != nil {
		return false, err
	}
	a, err := aboutOf(ctx, h.WorldDir(name))
	if err != nil {
		return false, keystore.NameWorld(err, name)
	}
	list, err := h.List()
	if err != nil {
		return false, err
	}
	for _, other := range list {
		if other.Name != name && other.ID == a.ID {
			return false, copyFault(name, other.Name)
		}
	}
	at, err := findFolder(h.WorldDir(name))
	if err != nil || at == nil {
		return false, noWorld(name)
	}
	w, err := h.openFolder(ctx, name, at, open)
	if err != nil {
		return false, keystore.NameWorld(err, name)
	}
	defer w.Close()
	err = w.following(func() error {
		adopted, err = w.adopt(ctx, name)
		return err
	})
	return adopted, keystore.NameWorld(err, name)
}

// copyFault is about a copy of a world that is there.
func copyFault(name, other string) error {
	return &authn.Fault{
		Code:    keystore.CodeRenamed,
		Message: "the folder " + name + " is a copy of the world " + other + ", which is there too",
		Hints: []string{
			"offauth world snapshot FILE --world " + other,
			"offauth world restore FILE --as NEWNAME",
			"offauth world delete " + name,
		},
		Err: keystore.ErrRenamed,
	}
}

// adopt writes the name, if the database is in its newest state.
func (w *World) adopt(ctx context.Context, name string) (adopted bool, err error) {
	release, err := w.take(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	return w.db.Write(ctx, func(wr *sqlite.Writer) (bool, error) {
		if err := w.guard.admit(ctx, wr.Reader); err != nil {
			return false, err
		}
		a, err := wr.About()
		if err != nil || a.Name == name {
			return false, err
		}
		a.Name = name
		return true, wr.SetAbout(a)
	})
}
