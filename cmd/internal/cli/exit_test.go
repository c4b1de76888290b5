package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

func TestErrorsBecomeTextAndExitCodesInOnePlace(t *testing.T) {
	t.Parallel()
	refusal := &authn.Refusal{Code: "pin_expired", Rule: "H34", Site: authn.Workstation("DESK"),
		Message: "the set expired", Shown: "PIN is expired.", Hints: []string{"offauth device tap", "ask somebody"}}
	for _, row := range []struct {
		name string
		err  error
		exit authn.Exit
		want string
	}{
		{"no error", nil, authn.ExitOK, ""},
		{"a refusal that is shown otherwise", refusal, authn.ExitLocked,
			"the lock screen says: \"PIN is expired.\"\nerror: true reason: the set expired (pin_expired, H34)\nhint: " +
				"offauth device tap\nhint: ask somebody\n"},
		{"one that is wrapped", fmt.Errorf("demo: %w", refusal), authn.ExitLocked,
			"the lock screen says: \"PIN is expired.\"\nerror: true reason: the set expired (pin_expired, H34)\nhint: " +
				"offauth device tap\nhint: ask somebody\n"},
		{"a refusal without another text", &authn.Refusal{Code: "not_locked", Rule: "H45", Message: "it is not locked"},
			authn.ExitRefused,
			"error: it is not locked (not_locked, H45)\n"},
		{"a fault with its cause", &authn.Fault{Code: "storage_damaged", Message: "the database is damaged",
			Err: errors.New("disk\nimage")}, authn.ExitStorage,
			"error: the database is damaged: disk image\n"},
		{"a fault about a world", &app.Failure{World: "lab",
			Err: &authn.Fault{Code: "storage_damaged", Message: "it is damaged",
				Hints: []string{"offauth world delete NAME --force"}}}, authn.ExitStorage,
			"error: it is damaged\nhint: offauth world delete lab --force\n"},
		{"usage", app.Usage([]string{"offauth --help"}, "no %s", "sense"), authn.ExitUsage,
			"error: no sense\nhint: offauth --help\n"},
		{"Ctrl-C", context.Canceled, authn.ExitCancelled, "error: cancelled\n"},
		{"the host", &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrPermission}, authn.ExitStorage,
			"error: the host system refused: open /x: permission denied\n"},
		{"what nobody named", errors.New("surprise"), authn.ExitBug, "error: this is a bug in offauth: surprise\n" +
			"hint: please report it with the command that you ran: https://github.com/offauth/offauth/issues\n"},
		{"a code without a row", &authn.Fault{Code: "made_up", Message: "x"}, authn.ExitBug, "error: x\n"},
	} {
		var out, errs bytes.Buffer
		d := &app.Deps{Program: "offauth", Streams: app.Streams{Out: &out, Err: &errs}}
		if got := d.Finish(row.err); got != row.exit || errs.String() != row.want || out.Len() > 0 {
			t.Errorf("%s: exit code %d, want %d; stderr %q, want %q; stdout %q", row.name, got, row.exit, errs.String(),
				row.want, out.String())
		}
	}
}

func TestErrorsAreOneObjectWithJSON(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		err  error
		want string
	}{
		{&app.Failure{World: "lab", Outcome: authn.Outcome{At: epoch,
			Events: []authn.Event{{Seq: 7, At: epoch, Site: "server", Kind: "refused", Result: "pin_used"}}},
			Err: &authn.Refusal{Code: "pin_used", Rule: "H23", Message: "used", Shown: "no", Hints: []string{"a", "b"}}},
			`{"schema":1,"ok":false,"world":"lab","at":"2026-03-02T09:00:00Z","refusal":{"code":"pin_used","rule":"H23","message":"used","shown":"no","native":"","hint":"a\nb"},"events":[{"seq":7,"at":"2026-03-02T09:00:00Z","site":"server","kind":"refused","subject":"","result":"pin_used","fields":{}}],"pending":null,"warnings":[]}`},
		{app.Usage([]string{"c"}, "d"),
			`{"schema":1,"ok":false,"fault":{"code":"usage","message":"d","hint":"c"},"events":[],"pending":null,"warnings":[]}`},
	} {
		var out, errs bytes.Buffer
		d := &app.Deps{Program: "offauth", Streams: app.Streams{Out: &out, Err: &errs}, Flags: app.Flags{JSON: true}}
		d.Finish(row.err)
		if strings.TrimSuffix(out.String(), "\n") != row.want || errs.Len() > 0 || !json.Valid(out.Bytes()) {
			t.Errorf("stdout %s, want %s; stderr %q", out.String(), row.want, errs.String())
		}
	}
}

func TestAPanicSaysThatItIsABugInOneLine(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var out, errs bytes.Buffer
	d := f.deps(&out, &errs)
	d.DataDir = func() (string, error) { panic("no\nhome") }
	d.LookupEnv = func(string) (string, bool) { return "", false }
	if code := Run(t.Context(), d, []string{"world", "list"}); code != 1 {
		t.Errorf("exit code %d", code)
	}
	lines := strings.Split(errs.String(), "\n")
	if !strings.HasPrefix(lines[0], "error: this is a bug in offauth: no home at exit_test.go:") ||
		!strings.HasPrefix(lines[1], "hint: please report it") || len(lines) != 3 {
		t.Errorf("stderr %q", errs.String())
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAResultThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"version", "--json"}, {"explain", "H34", "-q"}} {
		var errs bytes.Buffer
		if code := Run(t.Context(), newFixture(t).deps(closedPipe{}, &errs), args); code != int(authn.ExitStorage) {
			t.Errorf("%v: exit code %d, stderr %q", args, code, errs.String())
		}
	}
}
