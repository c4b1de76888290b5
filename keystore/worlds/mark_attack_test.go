package worlds_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
)

// Who may write the files of a world and of its vault, and has not the identity,
// puts an old world.db back and encrypts a mark for it to the public recipient.
func TestAMarkForAnOldDatabaseCannotBeMade_attackA14(t *testing.T) {
	h, open := fileHome(t)
	file := filepath.Join(h.WorldDir("w"), "world.db")
	if err := in(h, open, acting); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := in(h, open, acting); err != nil {
		t.Fatal(err)
	}
	put(t, file, old)
	keystoretest.WantCode(t, in(h, open, acting), keystore.CodeRolledBack)

	db, err := sql.Open("sqlite", "file://"+filepath.ToSlash(file))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var generation []byte
	var tag string
	row := db.QueryRow("SELECT substr(value, 1, 8), lower(hex(mac)) FROM meta WHERE key = 'state'")
	if err := row.Scan(&generation, &tag); err != nil {
		t.Fatal(err)
	}
	n := generation[7]
	text, err := os.ReadFile(filepath.Join(h.Dir, "identity.txt"))
	if err != nil {
		t.Fatal(err)
	}
	ids, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	id := place{h, nil}.id(t)
	for _, mark := range []string{
		fmt.Sprintf("1 %d %s", n, tag),
		fmt.Sprintf("2 %d %s", n, tag),
		fmt.Sprintf("2 %d %s %s", n, tag, tag),
		fmt.Sprintf("2 %d %s %s", n, tag, hex.EncodeToString(make([]byte, 16))),
	} {
		var sealed bytes.Buffer
		w, err := age.Encrypt(&sealed, ids[0].(*age.X25519Identity).Recipient())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(w, "%s/gen\n%s", id, mark)
		w.Close()
		put(t, filepath.Join(h.VaultDir(), id+".gen.age"), sealed.Bytes())
		keystoretest.WantCode(t, in(h, open, acting), keystore.CodeItemDamaged)
		keystoretest.WantCode(t, in(h, open, viewing), keystore.CodeItemDamaged)
	}
}

// A world that another process deletes while it is open is gone, and not short
// of an item (A13).
func TestAWorldThatIsDeletedWhileItIsOpenIsGone(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	if err := changing(p, "w"); err != nil {
		t.Fatal(err)
	}
	w := p.open(t, "w")
	if err := p.Delete(t.Context(), "w", p.byKind, true); err != nil {
		t.Fatal(err)
	}
	keystoretest.WantCode(t, viewing(w), keystore.CodeNoWorld)
	keystoretest.WantCode(t, acting(w), keystore.CodeNoWorld)
	keystoretest.WantCode(t, w.Verify(t.Context()), keystore.CodeNoWorld)
}

// A copy is not adopted while the world is there, nor does it take the world's
// keys along when it is deleted; afterwards a folder that was renamed is.
func TestACopyOfAWorldIsNoWorldOfItsOwn_attackA14(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	id := p.id(t)
	if err := os.CopyFS(p.WorldDir("copy"), os.DirFS(p.WorldDir("w"))); err != nil {
		t.Fatal(err)
	}
	_, err := p.Open(t.Context(), "copy", p.byKind)
	keystoretest.WantCode(t, err, keystore.CodeRenamed)
	_, err = p.Adopt(t.Context(), "copy", p.byKind)
	keystoretest.WantCode(t, err, keystore.CodeRenamed)
	if err := p.Delete(t.Context(), "copy", p.byKind, false); err != nil {
		t.Fatal(err)
	}
	wantItems(t, p.vault, id, 2)
	if err := os.Rename(p.WorldDir("w"), p.WorldDir("v")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{true, false} {
		if did, err := p.Adopt(t.Context(), "v", p.byKind); did != want || err != nil {
			t.Errorf("adopted %v, %v, want %v", did, err, want)
		}
	}
	if err := changing(p, "v"); err != nil {
		t.Error(err)
	}
	if err := p.Delete(t.Context(), "v", p.byKind, false); err != nil {
		t.Fatal(err)
	}
	wantItems(t, p.vault, id, 0)
}

// changing changes a world and closes it.
func changing(p place, name string) error {
	w, err := p.Open(context.Background(), name, p.byKind)
	if err != nil {
		return err
	}
	defer w.Close()
	return write(w, authn.Batch{Put: []authn.Record{{Site: "server", Name: "r", Version: 1}}})
}
