package report_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/report"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
)

// leaky is a story with two secrets in every place that can contain them; it fails at
// each of these places.
const leaky = `offauth: scenario/v1
name: leaky
profile: onespan
policy: {offline: {enabled: true}, backend: {authentication: always}}
actors: {phone: {role: phone, user: alice}, workstation: {role: workstation}}
clock: {start: 2026-03-02T08:00:00Z}
vars: {p: "hunter2secret", q: "Tr0ub4dor"}
secrets: [p, q]
cases: [{name: row, t: "hunter2secret"}]
setup:
  - admin authenticator assign: {type: time}
steps:
  - phase: with hunter2secret
  - admin user set-password: {password: "${vars.p}"}
    name: typing hunter2secret
    expect: {elapsed: 5s}
    on_fail: continue
  - call: hunter2secret
    with: {pw: "${vars.q}"}
    on_fail: continue
  - check: {state: {workstation.user: "hunter2secret"}} # hunter2secret
    on_fail: continue
  - check: {state: {workstation.user: "at Tr0ub4dor", workstation.mode: "${case.t}"}}
    on_fail: continue
  - check: {state: {workstation.user: {matches: "^hunter2secret"}}}
    on_fail: continue
  - workstation restart:
  - workstation login: {password: "Tr0ub4dor123456"}
    id: Tr0ub4dor
    on_fail: continue
  - repeat: 2
    steps:
      - workstation login: {password: "000000"}
        name: "login with Tr0ub4dor"
fragments:
  hunter2secret:
    params: {pw: {type: string}}
    steps:
      - admin user set-password: {password: "${params.pw}"}
        expect: {events: [{static_password_set: {subject: "hunter2secret"}}]}
cleanup:
  - phase: after hunter2secret
  - workstation login: {password: "xTr0ub4dorx"}
`

func TestNoReportHoldsADeclaredSecret(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{"leaky.scenario.yaml": {Data: []byte(leaky)}}
	told, findings := lint.Load(fsys, "leaky.scenario.yaml")
	if told == nil {
		t.Fatal(findings)
	}
	all, err := run.Expand([]*story.Story{told}, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := run.Run(t.Context(), all,
		run.Options{Store: func() authn.Store { return memory.NewStore() }, Now: time.Now, Last: 99})
	if len(r.Results) != 1 || len(r.Results[0].Failures) < 6 || len(r.Results[0].Cleanup) == 0 {
		t.Fatalf("%+v", r.Results)
	}
	for _, kind := range report.Kinds() {
		var b strings.Builder
		if err := report.Write(&b, kind, r,
			report.Options{Sources: told.Sources, Verbose: true, Last: 99, Rerun: "offauth scenario run"}); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"hunter2secret", "Tr0ub4dor"} {
			if at := strings.Index(b.String(), secret); at >= 0 {
				t.Errorf("%s holds %s: %s", kind, secret, b.String()[max(0, at-80):at+len(secret)])
			}
		}
		// 000000 was typed, and must not be masked as a part of this
		if kind != report.GitHub && kind != report.TAP && !strings.Contains(b.String(), "OFA0000001") {
			t.Errorf("%s has no serial number", kind)
		}
	}
}
