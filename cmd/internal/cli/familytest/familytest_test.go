// Package familytest_test uses the command line with a fourth family, which is
// registered and nothing more.
package familytest_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn/familytest"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli"
)

func TestMain(m *testing.M) {
	verb.Register(familytest.Family())
	os.Exit(m.Run())
}

var epoch = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func TestAFourthFamilyIsAtTheCommandLine(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	env := map[string]string{"OFFAUTH_HOME": home, "OFFAUTH_KEYSTORE": "file",
		"OFFAUTH_IDENTITY": filepath.Join(home, "id.txt")}
	for _, row := range []struct {
		line string
		exit int
		want string // in stdout or stderr
	}{
		{"world create bells", 0, "bells"},
		{"admin user add alice", 0, "alice"},
		{"device register pixel --user alice", 0, "pixel"},
		{"admin policy set bell.ring.seconds=61s", 4, "bell.ring.seconds accepts 1s to 60s, not 61s"},
		{"admin policy set bell.ring.seconds=20s", 0, "bell.ring.seconds"},
		{"admin policy show", 0, "bell.ring.seconds"},
		{"device ring pixel --loud", 0, "reached  true\n"},
		{"device ring pixel", 4, "error: the phone rings already"},
		{"clock advance 39s", 0, ""},
		{"device ring pixel --json", 4, `"code":"phone_rings"`},
		{"clock advance 1s", 0, ""},
		{"log --kind phone_quiet", 0, "phone_quiet"},
		{"device ring pixel --json", 0, `"result":{"phone":"pixel","reached":true,"until":"2026-03-02T08:01:00Z"}`},
		{"link set phone/pixel down", 0, ""},
		{"clock advance 20s", 0, ""},
		{"device ring pixel", 0, "reached  false\n"},
		{"link fault drop bell_ring", 0, ""},
		{"device ring --help", 0, "Ring a phone, so that its user finds it."},
		{"explain phone_rings", 0, "it was rung a moment ago"},
		{"explain phone_rung", 0, "a phone was rung"},
		{"explain bell.ring.seconds", 0, "how long a phone rings"},
		{"device status", 0, "pixel"},
		{"scenario new ring --profile bell --out -", 0, "device ring: {loud: true}"},
		{"workstation add LAPTOP-7 --family bell", 2, `there is no family "bell" of workstations`},
	} {
		var out, errs bytes.Buffer
		exit := cli.Run(t.Context(), &app.Deps{
			Program: "offauth", Streams: app.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}, Rand: rand.Reader,
			LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
			Now:       func() time.Time { return epoch }, After: time.After,
			Size: func() (int, int, bool) { return 0, 0, false },
		}, strings.Fields(row.line))
		if got := out.String() + errs.String(); exit != row.exit || !strings.Contains(got, row.want) {
			t.Errorf("%s: exit code %d\n%s\nwant %d, %q", row.line, exit, got, row.exit, row.want)
		}
	}
}
