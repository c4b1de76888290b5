package lint_test

import (
	"testing"
	"testing/fstest"

	"github.com/offauth/offauth/scenarios/lint"
)

// TestOneUsersSettingsStandBehindSettings checks that the argument "user" needs
// "settings" beside it, since a family may have a group of settings called "user".
func TestOneUsersSettingsStandBehindSettings(t *testing.T) {
	t.Parallel()
	for step, want := range map[string]string{
		"{user: alice, settings: {offline: {enabled: true}}}":         "",
		"{user: {lock_threshold: 5}}":                                 "",
		"{offline: {enabled: true}}":                                  "",
		"{user: alice, offline: {enabled: true}}":                     "OA201",
		"{usr: alice, settings: {offline: {enabled: true}}}":          "OA101",
		"{user: alice, settings: 5}":                                  "OA201",
		"{user: alice, settings: {offline: {enabeld: true}}}":         "OA101",
		"{user: \"${vars.x}\", settings: {offline: {enabled: true}}}": "OA206",
	} {
		text := "offauth: scenario/v1\nname: a\ntags: []\nprofile: onespan\n" +
			"clock: {start: 2026-03-02T08:00:00Z}\nactors: {admin: {role: admin}}\n" +
			"steps:\n  - admin policy set: " + step + "\n  - check: {state: {server.policy.otp.length: 6}}\n"
		_, findings := lint.Load(fstest.MapFS{"a.scenario.yaml": {Data: []byte(text)}}, "a.scenario.yaml")
		codes := ""
		for _, f := range findings {
			codes += f.Code
		}
		if codes != want {
			t.Errorf("%s: %v, want %q", step, findings, want)
		}
	}
}
