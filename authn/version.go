package authn

import (
	"fmt"
	"strconv"
	"strings"
)

// NewestVersion stands for the version of a client that nobody named; it is
// above every minimum.
const NewestVersion = "latest"

// CheckVersion accepts one to four numbers with dots between, or "latest".
func CheckVersion(v string) error {
	_, err := versionNumbers(v)
	return err
}

// versionNumbers reads a version as four numbers; parts that are left out count
// as 0, and "latest" is above all.
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

// VersionBelow reports whether a version is older than another. One that cannot
// be read counts as too old.
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
