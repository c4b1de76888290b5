package hypr

import (
	"fmt"
	"strconv"
	"strings"
)

// newest stands for a version that is above every minimum.
const newest = "latest"

// The first versions with Offline Mode (H43).
const (
	minServer  = "3.6"
	minWindows = "2.6"
	minAndroid = "4.3"
	minIOS     = "3.7"
)

// CheckVersion accepts one to four numbers with dots between, or "latest".
func CheckVersion(v string) error {
	_, err := numbers(v)
	return err
}

// numbers reads a version as four numbers; parts that are left out count as
// 0, and "latest" is above all.
func numbers(v string) (n [4]uint64, err error) {
	if v == newest {
		return [4]uint64{1 << 16}, nil
	}
	parts := strings.Split(v, ".")
	if len(parts) > len(n) {
		return n, fmt.Errorf("want a version such as 3.6, or %s", newest)
	}
	for i, part := range parts {
		if n[i], err = strconv.ParseUint(part, 10, 16); err != nil || len(part) > 5 {
			return n, fmt.Errorf("want a version such as 3.6, or %s", newest)
		}
	}
	return n, nil
}

// below reports whether a version is older than another. One that cannot be
// read counts as too old.
func below(v, minimum string) bool {
	have, err := numbers(v)
	if err != nil {
		return true
	}
	want, err := numbers(minimum)
	for i := range have {
		if have[i] != want[i] {
			return have[i] < want[i]
		}
	}
	return err != nil
}

// tooOld lists which of server, workstation and phone are below their minimum.
func tooOld(server string, workstation, phone peer, t triple) []oldSide {
	app := minAndroid
	if phone.Platform == "ios" {
		app = minIOS
	}
	var old []oldSide
	for _, side := range []oldSide{{sideServer, server, minServer}, {t.Workstation, workstation.Version, minWindows}, {t.Phone, phone.Version, app}} {
		if below(side.Version, side.Minimum) {
			old = append(old, side)
		}
	}
	return old
}
