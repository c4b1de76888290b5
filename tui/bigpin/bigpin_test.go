package bigpin_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/tui/bigpin"
)

//go:generate go test . -update

var update = flag.Bool("update", false, "rewrite what the tests compare with")

// symbols are all that a PIN is made of (rule H13).
const symbols = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// noon is the time of all cards in these tests.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// sgr matches the escape sequences for colours.
var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func card(pin string) bigpin.Card {
	return bigpin.Card{
		Workstation: "LAPTOP-7", Phone: "pixel", PIN: authn.NewSecret(pin), Left: 24, Of: 25,
		ShownAt: noon, HiddenAt: noon.Add(time.Minute), ExpiresAt: noon.Add(29*24*time.Hour + 3*time.Hour),
	}
}

// masked returns a card with dots in place of the PIN.
func masked() bigpin.Card { return card(strings.Repeat(string(bigpin.Dot), 8)) }

// assertGolden compares with testdata/name, colours and trailing blanks taken off.
func assertGolden(t *testing.T, name, got string) {
	t.Helper()
	lines := strings.Split(sgr.ReplaceAllString(got, ""), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	got = strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.ReplaceAll(string(want), "\r\n", "\n"); got != want {
		t.Errorf("%s differs; if it is right, run: go generate ./tui/bigpin; got\n%s\nwant\n%s", path, got, want)
	}
}
