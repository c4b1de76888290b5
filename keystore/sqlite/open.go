package sqlite

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
)

// applicationID marks the database of a world in its header: "ofau".
const applicationID = 0x6f666175

// openDatabase opens a database that is there already.
func openDatabase(path string) (*sql.DB, error) {
	wal, err := checkHeader(path)
	if err != nil {
		return nil, err
	}
	return connect(path, !wal)
}

// createDatabase makes an empty one, mode 0600 from the first instant: SQLite
// itself would make it 0644. Its companions -wal and -shm take the mode of
// the file that they belong to.
func createDatabase(path string) (*sql.DB, error) {
	if err := disk.Create(path, nil); err != nil {
		return nil, disk.Fault(err, "the database cannot be made")
	}
	return connect(path, true)
}

// openReadOnly opens a database that no process writes to, wherever it lies:
// SQLite makes no file beside it.
func openReadOnly(path string) (*sql.DB, error) {
	if _, err := checkHeader(path); err != nil {
		return nil, err
	}
	return dial(path, "mode=ro&immutable=1")
}

// connect opens nothing yet; SQLite does at the first statement. The journal
// mode lies in the file, so it is asked for only where it is not set: each
// PRAGMA costs a few microseconds of every command.
func connect(path string, setWAL bool) (*sql.DB, error) {
	// mode=rw never makes a file. busy_timeout comes first, as the others may
	// already have to wait.
	options := "mode=rw&_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_txlock=immediate"
	if setWAL {
		options += "&_pragma=journal_mode(WAL)"
	}
	return dial(path, options)
}

func dial(path, options string) (*sql.DB, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, disk.Fault(err, "the database cannot be found")
	}
	full = filepath.ToSlash(full)
	if !strings.HasPrefix(full, "/") {
		full = "/" + full // C:/… is written file:///C:/…
	}
	// Nothing in the file may make SQLite run code: see checkSchema.
	options += "&_defensive=1&_dqs=0&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)"
	db, err := sql.Open("sqlite", "file://"+(&url.URL{Path: full}).EscapedPath()+"?"+options)
	if err != nil {
		return nil, fault(err, "the database cannot be opened")
	}
	db.SetMaxIdleConns(2)
	return db, nil
}

// The parts of a database's header, https://www.sqlite.org/fileformat2.html.
const (
	headerSize     = 100
	headerMagic    = "SQLite format 3\x00"
	headerJournal  = 18 // 2 means WAL
	headerVersion  = 60 // PRAGMA user_version
	headerIdentity = 68 // PRAGMA application_id
)

// checkHeader tells a world's database from other files before SQLite touches
// it, and reports whether it is in WAL mode.
func checkHeader(path string) (wal bool, err error) {
	for _, beside := range []string{"-wal", "-shm", "-journal"} {
		// SQLite would follow a link, and write to where it leads.
		if info, err := os.Lstat(path + beside); err == nil && !info.Mode().IsRegular() {
			return false, damaged("%s is not a file", filepath.Base(path+beside))
		}
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return false, damaged("%s is not a file", filepath.Base(path))
	}
	f, err := disk.OpenRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, damaged("there is no %s", filepath.Base(path))
	}
	if err != nil {
		return false, disk.Fault(err, "the database cannot be read")
	}
	defer f.Close()
	header := make([]byte, headerSize)
	n, err := io.ReadFull(f, header)
	switch {
	case n == 0 && err == io.EOF:
		return false, damaged("the file is empty")
	case err != nil && err != io.ErrUnexpectedEOF:
		return false, disk.Fault(err, "the database cannot be read")
	case !strings.HasPrefix(string(header), headerMagic):
		return false, keystore.Fault(keystore.CodeForeign, keystore.ErrForeign, path+" is not a database")
	case n < headerSize:
		return false, damaged("the file was cut short")
	case binary.BigEndian.Uint32(header[headerIdentity:]) != applicationID:
		return false, keystore.Fault(keystore.CodeForeign, keystore.ErrForeign, path+" is the database of another program")
	}
	if v := int(int32(binary.BigEndian.Uint32(header[headerVersion:]))); v > len(migrations) {
		return false, newerFault(v)
	}
	return header[headerJournal] == 2 && header[headerJournal+1] == 2, nil
}

func newerFault(version int) error {
	return keystore.Fault(keystore.CodeNewer, keystore.ErrNewer,
		fmt.Sprintf("the world has schema %d, and this offauth knows schemas up to %d", version, len(migrations)))
}
