package sqlite

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
	"github.com/offauth/offauth/keystore"
)

func TestStepsAreTakenOnceAndInOneGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := createDatabase(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	steps := []step{{sql: schema1}, {sql: "CREATE TABLE second(x)"},
		{sql: "CREATE TABLE third(x);\nINSERT INTO third VALUES(1)"}, {sql: "CREATE TABLE third(x)"}}
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
		{fakeError(5), keystore.CodeBusy, keystore.ErrBusy},
		{fakeError(261), keystore.CodeBusy, keystore.ErrBusy},
		{fakeError(8), keystore.CodeReadOnly, keystore.ErrReadOnly},
		{fakeError(1544), keystore.CodeReadOnly, keystore.ErrReadOnly},
		{fakeError(14), keystore.CodeReadOnly, keystore.ErrReadOnly},
		{fakeError(13), keystore.CodeFull, keystore.ErrFull},
		{fakeError(11), keystore.CodeDamaged, keystore.ErrDamaged},
		{fakeError(522), keystore.CodeDamaged, keystore.ErrDamaged},
		{fakeError(26), keystore.CodeForeign, keystore.ErrForeign},
		{fakeError(10), keystore.CodeFailed, nil},
		{fakeError(5386), keystore.CodeFailed, keystore.ErrNoSharedMemory},
		{fakeError(4618), keystore.CodeFailed, keystore.ErrNoSharedMemory},
		{fakeError(5130), keystore.CodeFailed, keystore.ErrNoSharedMemory},
		{fakeError(3850), keystore.CodeFailed, keystore.ErrNoLocks},
		{&fs.PathError{Op: "open", Err: syscall.ENOSPC}, keystore.CodeFull, keystore.ErrFull},
		{&fs.PathError{Op: "open", Err: syscall.EROFS}, keystore.CodeReadOnly, keystore.ErrReadOnly},
		{&fs.PathError{Op: "open", Err: fs.ErrPermission}, keystore.CodeReadOnly, keystore.ErrReadOnly},
		{errors.New("x"), keystore.CodeFailed, nil},
	} {
		got := fault(fmt.Errorf("wrapped: %w", c.err), "it cannot be done")
		f, ok := authn.AsFault(got)
		if !ok || f.Code != c.code || (c.sentinel != nil && !errors.Is(got, c.sentinel)) || !errors.Is(got, c.err) {
			t.Errorf("%v became %v, want %s", c.err, got, c.code)
		}
		if strings.Contains(got.Error(), "\n") || len(f.Hints) == 0 {
			t.Errorf("%q, hints %q", got, f.Hints)
		}
		if fault(got, "again") != got {
			t.Error("a fault was wrapped again")
		}
	}
	if fault(context.Canceled, "") != context.Canceled || fault(nil, "") != nil {
		t.Error("what is no fault became one")
	}
}
