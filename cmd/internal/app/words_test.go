package app

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

func TestNearestOffersSlipsAndBeginnings(t *testing.T) {
	t.Parallel()
	names := []string{"LAPTOP-7", "LAPTOP-12", "DESK", "pixel"}
	for word, want := range map[string][]string{
		"laptop-7": {"LAPTOP-7", "LAPTOP-12"}, "LAPTPO-7": {"LAPTOP-7"}, "LAPTOP-1": {"LAPTOP-7", "LAPTOP-12"},
		"lap":  {"LAPTOP-7", "LAPTOP-12"},
		"dsek": {"DESK"}, "zzz": {}, "x": {},
	} {
		if got := Nearest(word, names); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", word, got, want)
		}
	}
}

func TestSpansAreReadAndWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"5s": 5 * time.Second, "31d": 31 * authn.Day, "1w2d3h4m5s": 9*authn.Day + 3*time.Hour + 4*time.Minute + 5*time.Second,
		"1.5h": 90 * time.Minute, "0s": 0, "-90s": -90 * time.Second, "-1d": -authn.Day, "10000w": 10000 * authn.Week,
	} {
		if got, err := ParseSpan(text); err != nil || got != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", "5", "d", "1d-2h", "--5s", "1y", "5s1d", "99999999999w", "200000w", "1d+2h",
		"1e9h", "2000000h", " 5s"} {
		if got, err := ParseSpan(text); err == nil {
			t.Errorf("%q was read as %s", text, got)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0s", 5 * time.Second: "5s", 31 * authn.Day: "31d", 25*time.Hour + 3*time.Second: "1d 1h",
		90 * time.Second:  "1m 30s",
		-90 * time.Second: "-1m 30s", 300 * time.Millisecond: "300ms",
	} {
		if got := SpanText(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{5 * time.Second: "5s", 1500 * time.Millisecond: "1.5s"} {
		if got := SpanWord(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
		if back, err := ParseSpan(SpanWord(d)); err != nil || back != d {
			t.Errorf("%d: read back as %d, %v", d, back, err)
		}
	}
}

func TestProgramIsHowTheUserCalledIt(t *testing.T) {
	t.Parallel()
	for arg0, want := range map[string]string{
		"offauth": "offauth", "/usr/local/bin/offauth": "offauth", `C:\bin\offauth.exe`: "offauth",
		"/tmp/go-build123/b001/exe/offauth":                             "go run ./cmd/offauth",
		"/home/alice/.cache/go-build/ab/abcd-d/offauth":                 "go run ./cmd/offauth",
		`C:\Users\a\AppData\Local\Temp\go-build42\b001\exe\offauth.exe`: "go run ./cmd/offauth",
	} {
		if got := program(arg0); got != want {
			t.Errorf("%s: %s", arg0, got)
		}
	}
}

func TestDataDirIsWhereTheSystemWantsIt(t *testing.T) {
	t.Parallel()
	env := func(vars map[string]string) func(string) string { return func(n string) string { return vars[n] } }
	home := func() (string, error) { return "/home/a", nil }
	nobody := func() (string, error) { return "", errors.New("no home") }
	for _, row := range []struct {
		goos string
		env  map[string]string
		home func() (string, error)
		want string
	}{
		{"linux", nil, home, "/home/a/.local/share/offauth"},
		{"linux", map[string]string{"XDG_DATA_HOME": "/data"}, home, "/data/offauth"},
		{"linux", map[string]string{"XDG_DATA_HOME": "data"}, home, "/home/a/.local/share/offauth"},
		{"darwin", map[string]string{"XDG_DATA_HOME": "/data"}, home, "/home/a/Library/Application Support/offauth"},
		{"windows", map[string]string{"LocalAppData": "/local"}, home, "/local/offauth"},
		{"windows", nil, home, "error"},
		{"linux", nil, nobody, "error"},
	} {
		got, err := dataDir(row.goos, env(row.env), row.home)
		if err != nil {
			got = "error"
		}
		if got != row.want {
			t.Errorf("%s %v: %s, want %s", row.goos, row.env, got, row.want)
		}
	}
}
