package disk

import "errors"

// noLocks is what a volume without file locks would answer.
var noLocks = errors.New("no file locks")

// tryLock returns nil: on Windows the lock of a world is of the same kind as
// SQLite's.
func tryLock(string) error { return nil }
