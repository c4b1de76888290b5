package authn

import (
	"fmt"
	"strconv"
	"strings"
)

// NewestVersion is the version of a client that was made without one. It is
// above every minimum.
const NewestVersion = "latest"

// CheckVersion checks a version: one to four numbers separated by dots, or
// "latest".
func CheckVersion(v string) error {
	_, err := versionNumbers(v)
	return err
}

// versionNumbers parses a version into four numbers. Missing parts are 0, and
// "latest" is above all others.
func versionNumbers(v string) (n [4]uint64, err error) {
	if v == NewestVersion {
		return [4]uint64{1 << 16}, nil
	}
	parts := strings.Split(v, ".")
	if len(parts) > len(n) {
		return n, fmt.Errorf("want a version such as 3.6, or %s", NewestVersion)
	}
	for i, part := range parts {
		if n[i], err = strconv.ParseUint(part, 10, 16); err != nil || len(part) > 5 {
			return n, fmt.Errorf("want a version such as 3.6, or %s", NewestVersion)
		}
	}
	return n, nil
}

// VersionBelow reports whether a version is older than minimum. An invalid
// version counts as older.
func VersionBelow(v, minimum string) bool {
	have, err := versionNumbers(v)
	if err != nil {
		return true
	}
	want, err := versionNumbers(minimum)
	for i := range have {
		if have[i] != want[i] {
			return have[i] < want[i]
		}
	}
	return err != nil
}
