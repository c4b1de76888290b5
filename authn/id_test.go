package authn_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
)

func TestASiteIsItsRoleAndName(t *testing.T) {
	for site, want := range map[authn.Site][2]string{
		authn.SiteServer: {"server", ""}, authn.SiteWorld: {"world", ""}, authn.Phone("pixel"): {"phone", "pixel"},
		authn.Workstation("LAPTOP-7"): {"workstation", "LAPTOP-7"}, "provider/x": {"provider", "x"}, "": {"", ""},
		"phone/a/b": {"phone", "a/b"},
	} {
		if string(site.Role()) != want[0] || site.Name() != want[1] {
			t.Errorf("%q is %q %q", site, site.Role(), site.Name())
		}
	}
}

func TestNamesThatThingsMayHave(t *testing.T) {
	for _, name := range []string{"a", "LAPTOP-7", "alice@example.com", "0", "a.b_c", strings.Repeat("a", 64)} {
		if err := authn.CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "-a", ".a", "_a", "@a", "a b", "a/b", "a\n", "é", "a\x00", "\x1b[2J",
		strings.Repeat("a", 65)} {
		if err := authn.CheckName(name); !errors.Is(err, authn.ErrBadName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestNamesThatWorldsMayHave(t *testing.T) {
	for _, name := range []string{"a", "0", "demo-1", "com10", "console", "lpt", strings.Repeat("a", 32)} {
		if err := authn.CheckWorldName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "-a", "A", "a_b", "a.b", "..", "a/b", "a\\b", "a\n", "con", "nul", "com1", "lpt0",
		strings.Repeat("a", 33)} {
		if err := authn.CheckWorldName(name); !errors.Is(err, authn.ErrBadName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("LAPTOP-7")
	f.Add("a/b")
	f.Fuzz(func(t *testing.T, name string) {
		if authn.CheckName(name) == nil {
			if strings.ContainsAny(name, "/\\ \t\r\n\x00\x1b") || len(name) > 64 || authn.Phone(name).Name() != name {
				t.Fatalf("%q is taken", name)
			}
		}
		if authn.CheckWorldName(name) == nil && (authn.CheckName(name) != nil || strings.ToLower(name) != name) {
			t.Fatalf("%q is a world's name", name)
		}
	})
}
