package disk

import "errors"

// noLocks would be the error of a volume without file locks.
var noLocks = errors.New("no file locks")

// tryLock returns nil: on Windows a world's lock and SQLite's are of the same
// kind.
func tryLock(string) error { return nil }
