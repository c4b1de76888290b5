package record

import (
	"context"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Play lints a scenario without fixtures and plays it once with its own seed. If
// a finding is an error, the scenario is not played and the Result is empty. The
// error is that of creating the world.
func Play(ctx context.Context, name string, text []byte, store func() authn.Store, now func() time.Time) (player.Result,
	[]syntax.Finding, error) {
	story, findings := lint.LoadText(name, text)
	if story == nil {
		return player.Result{}, findings, nil
	}
	p, err := player.New(ctx, player.Instance{ID: story.Name, Story: story}, player.Config{Store: store, Now: now,
		Seed: story.Seed})
	if err != nil {
		return player.Result{}, findings, err
	}
	return p.Play(ctx), findings, nil
}
