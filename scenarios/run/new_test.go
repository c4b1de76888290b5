package run_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
)

func TestANewFileHasNoFindingsAndPasses(t *testing.T) {
	t.Parallel()
	for profile, fixture := range map[string]string{"hypr": "", "hypr@current": "", "encap": "", "onespan": "",
		"hypr@classic": "a.fixture.yaml"} {
		fsys := fstest.MapFS{
			"a.fixture.yaml":   {Data: []byte("offauth: fixture/v1\nprofile: hypr\nactors: {pixel: {role: phone}}\n")},
			"my.scenario.yaml": {Data: lint.New("my", profile, fixture)},
		}
		told, findings := lint.Load(fsys, "my.scenario.yaml")
		if len(findings) > 0 {
			t.Errorf("%s: %v", profile, findings)
			continue
		}
		if laid, _ := lint.Format("my", lint.New("my", profile, fixture)); string(laid) != string(lint.New("my", profile,
			fixture)) {
			t.Errorf("%s: it is not laid out:\n%s", profile, laid)
		}
		instances, err := run.Expand([]*story.Story{told}, 0)
		if err != nil {
			t.Fatal(err)
		}
		report := run.Run(context.Background(), instances, run.Options{Store: func() authn.Store { return memory.NewStore() },
			Now: time.Now})
		if len(report.Results) != 1 || report.Results[0].Status != run.Passed {
			t.Errorf("%s: %+v", profile, report.Results)
		}
	}
}
