package keystore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/offauth/offauth/authn"
)

func TestStepsAreTakenOnceAndInOneGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := createDatabase(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	steps := []step{{sql: schema1}, {sql: "CREATE TABLE second(x)"}, {sql: "CREATE TABLE third(x);\nINSERT INTO third VALUES(1)"}, {sql: "CREATE TABLE third(x)"}}
	s := &Database{db: db}
	version := func(want int) {
		t.Helper()
		if v, err := checkedVersion(t.Context(), db, steps); v != want || err != nil {
			t.Errorf("schema %d, %v, want %d", v, err, want)
		}
	}
	for n := 1; n <= 3; n++ {
		for range 2 {
			if err := s.migrate(t.Context(), "w", steps[:n]); err != nil {
				t.Fatal(err)
			}
			version(n)
		}
	}
	if err := s.migrate(t.Context(), "w", steps); err == nil {
		t.Error("a step that cannot be taken was taken")
	}
	version(3)
	if _, err := db.Exec("SELECT x FROM second JOIN third USING(x)"); err != nil {
		t.Error(err)
	}
}

// fakeError is an answer of SQLite that cannot be had in a test.
type fakeError int

func (e fakeError) Error() string { return fmt.Sprintf("line one\nline two (%d)", int(e)) }
func (e fakeError) Code() int     { return int(e) }

func TestAnswersOfSQLiteAndTheDiskHaveNames(t *testing.T) {
	for _, c := range []struct {
		err      error
		code     authn.Code
		sentinel error
	}{
		{fakeError(5), CodeBusy, ErrBusy},
		{fakeError(261), CodeBusy, ErrBusy},
		{fakeError(8), CodeReadOnly, ErrReadOnly},
		{fakeError(1544), CodeReadOnly, ErrReadOnly},
		{fakeError(14), CodeReadOnly, ErrReadOnly},
		{fakeError(13), CodeFull, ErrFull},
		{fakeError(11), CodeDamaged, ErrDamaged},
		{fakeError(522), CodeDamaged, ErrDamaged},
		{fakeError(26), CodeForeign, ErrForeign},
		{fakeError(10), CodeFailed, nil},
		{fakeError(5386), CodeFailed, ErrNoSharedMemory},
		{fakeError(4618), CodeFailed, ErrNoSharedMemory},
		{fakeError(5130), CodeFailed, ErrNoSharedMemory},
		{fakeError(3850), CodeFailed, ErrNoLocks},
		{&fs.PathError{Op: "open", Err: syscall.ENOSPC}, CodeFull, ErrFull},
		{&fs.PathError{Op: "open", Err: syscall.EROFS}, CodeReadOnly, ErrReadOnly},
		{&fs.PathError{Op: "open", Err: fs.ErrPermission}, CodeReadOnly, ErrReadOnly},
		{errors.New("x"), CodeFailed, nil},
	} {
		got := storageFault(fmt.Errorf("wrapped: %w", c.err), "it cannot be done")
		f, ok := authn.AsFault(got)
		if !ok || f.Code != c.code || (c.sentinel != nil && !errors.Is(got, c.sentinel)) || !errors.Is(got, c.err) {
			t.Errorf("%v became %v, want %s", c.err, got, c.code)
		}
		if strings.Contains(got.Error(), "\n") || len(f.Hints) == 0 {
			t.Errorf("%q, hints %q", got, f.Hints)
		}
		if storageFault(got, "again") != got {
			t.Error("a fault was wrapped again")
		}
	}
	if storageFault(context.Canceled, "") != context.Canceled || storageFault(nil, "") != nil {
		t.Error("what is no fault became one")
	}
}

// A keyring service without a keyring is no vault that does not answer.
func TestAKeyringServiceWithoutAKeyringIsCalledSo(t *testing.T) {
	err := vaultFault(fmt.Errorf("%w: x", ErrNoKeyring), "w", "item")
	f, ok := authn.AsFault(err)
	if !ok || f.Code != CodeVaultUnavailable || !errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), "not answer") {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), "no default keyring") || !strings.HasPrefix(f.Hints[0], "make a keyring and set it as the default") {
		t.Errorf("%v, %q", err, f.Hints)
	}
}

func TestEveryCodeIsDescribed(t *testing.T) {
	seen := map[authn.Code]bool{}
	for _, c := range Codes() {
		if c.Refusal || c.Exit == 0 || c.Message == "" || strings.HasSuffix(c.Message, ".") || len(c.Causes) == 0 || c.Hint == "" || seen[c.Code] {
			t.Errorf("%+v", c)
		}
		seen[c.Code] = true
	}
}

func TestTheSealBindsAllOfARecord(t *testing.T) {
	keys, err := newKeyring(make([]byte, rootKeySize), "world")
	if err != nil {
		t.Fatal(err)
	}
	other, err := newKeyring(make([]byte, rootKeySize), "other world")
	if err != nil {
		t.Fatal(err)
	}
	rec := authn.Record{Site: "ab", Name: "c", Version: 3, Public: []byte("{}"), Secret: []byte("s")}
	sealed := keys.sealRecord(rec)
	for name, change := range map[string]func(*authn.Record){
		"site":            func(r *authn.Record) { r.Site = "b" },
		"name":            func(r *authn.Record) { r.Name = "d" },
		"where they meet": func(r *authn.Record) { r.Site, r.Name = "a", "bc" },
		"version":         func(r *authn.Record) { r.Version++ },
		"public":          func(r *authn.Record) { r.Public = []byte("[]") },
	} {
		r := rec
		change(&r)
		if keys.openRecord(&r, sealed) == nil {
			t.Errorf("another %s was taken", name)
		}
	}
	r := rec
	if other.openRecord(&r, sealed) == nil {
		t.Error("another world's record was taken")
	}
	if err := keys.openRecord(&r, sealed); err != nil || string(r.Secret) != "s" {
		t.Error(err)
	}
	if _, err := newKeyring(make([]byte, 31), "world"); err == nil {
		t.Error("a short root key was taken")
	}
}
