package player_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// monday is the start of every story.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// row is an ordered mapping in a story that is written in Go: key, value, key,
// value.
type row []any

// node converts a Go value to a node. Each node is on its own line.
func node(v any) *syntax.Node {
	n := &syntax.Node{Pos: place()}
	switch v := v.(type) {
	case nil:
	case *syntax.Node:
		return v
	case bool:
		n.Kind, n.Text = syntax.Bool, strconv.FormatBool(v)
	case int:
		n.Kind, n.Text = syntax.Int, strconv.Itoa(v)
	case string:
		n.Kind, n.Text = syntax.Text, v
	case []any:
		n.Kind = syntax.List
		for _, item := range v {
			n.Items = append(n.Items, node(item))
		}
	case row:
		n.Kind = syntax.Map
		for i := 0; i < len(v); i += 2 {
			n.Pairs = append(n.Pairs, syntax.Pair{Key: v[i].(string), At: place(), Value: node(v[i+1])})
		}
	default:
		panic(v)
	}
	return n
}

func place() syntax.Pos { return syntax.Pos{File: "story.yaml", Line: 1, Col: 1} }

func entries(v row) []story.Entry {
	var all []story.Entry
	for _, p := range node(v).Pairs {
		all = append(all, story.Entry{Name: p.Key, At: p.At, Value: p.Value})
	}
	return all
}

// hypr returns a story with a phone and a workstation that are paired and primed,
// and small PIN sets; steps is the YAML below "steps:".
func hypr(t testing.TB, steps string) *story.Story {
	t.Helper()
	fsys := fstest.MapFS{"story.scenario.yaml": {Data: []byte(base + steps)}}
	s, findings := lint.Load(fsys, "story.scenario.yaml")
	if s == nil {
		t.Fatal(findings)
	}
	return s
}

const base = `
offauth: scenario/v1
name: story
profile: hypr
clock: {start: 2026-03-02T08:00:00Z}
seed: 7
actors:
  phone: {role: phone, user: alice}
  workstation: {role: workstation}
  server: {role: server}
  admin: {role: admin}
policy: {offline: {enabled: true}, pins: {count: 10, length: 8}}
setup:
  - device pair:
  - device tap:
    expect: {events: [online_authenticated, pins_issued, {unlocked: {mode: online}}]}
fragments:
  offline_unlock:
    steps:
      - workstation lock:
      - device unlock:
        save: {pin: result.pin}
      - workstation login: {pin: "${saved.pin}"}
        expect: {events: [{unlocked: {mode: offline}}]}
      - device hide:
    returns: {pin: "${saved.pin}"}
steps:
`

func config() player.Config {
	return player.Config{
		Store: func() authn.Store { return memory.NewStore() },
		Now:   func() time.Time { return monday }, Seed: 7,
	}
}

func play(t testing.TB, story *story.Story) player.Result {
	t.Helper()
	return playIn(t, player.Instance{ID: story.Name, Story: story})
}

func playIn(t testing.TB, in player.Instance) player.Result {
	t.Helper()
	p, err := player.New(context.Background(), in, config())
	if err != nil {
		t.Fatal(err)
	}
	return p.Play(context.Background())
}

// passes checks that a story passes.
func passes(t testing.TB, story *story.Story) player.Result {
	t.Helper()
	r := play(t, story)
	if r.Status != player.Passed {
		t.Fatalf("it is %s (%s): %+v\n%s", r.Status, r.Reason, r.Failures, strings.Join(r.Transcript, "\n"))
	}
	return r
}

func TestAStoryOfTwoSidesWithoutNetworkIsPlayed(t *testing.T) {
	t.Parallel()
	r := passes(t, hypr(t, `
  - phase: Both lose the network
  - link: {phone: down, workstation: down}
  - call: offline_unlock
    save: {last: returns.pin}
    expect: {no_events: [pins_low]}
  - workstation lock:
  - workstation login: {pin: "######"}
    expect: {refused: wrong_pin, rule: H24, state: {workstation.locked: true}}
  - workstation login: {pin: "${saved.last}"}
    expect: {refused: pin_used, rule: H23, state: {phone.pins.left: 9}}
  - phase: They run out
  - id: drain
    repeat: 9
    steps:
      - call: offline_unlock
        save: {last: returns.pin}
  - check: {count: {pins_exhausted: 1}, since: drain}
  - device unlock:
    expect: {refused: no_pins_left, rule: H30}
  - phase: An online login brings new ones
  - wait: 1h
  - link: {phone: up, workstation: up}
  - device tap:
    expect: {events: [online_authenticated, {pins_issued: {count: 10}}], state: {phone.pins.left: 10}}
`))
	if r.Actions != 50 || r.Virtual != time.Hour || len(r.Hash) != 64 {
		t.Errorf("%d Actions, %s, %q", r.Actions, r.Virtual, r.Hash)
	}
	t.Log(strings.Join(r.Transcript[:40], "\n"))
}

// If the last PIN is still visible, an unlock spends none; the failure says so.
func TestAFailureShowsWhatTheStepGave_H19(t *testing.T) {
	t.Parallel()
	r := play(t, hypr(t, `
  - workstation lock:
  - device unlock:
    save: {pin: result.pin}
  - device unlock:
    expect: {refused: no_pins_left}
`))
	if len(r.Failures) != 1 || !strings.Contains(r.Failures[0].Outcome, "left: 9") ||
		!strings.HasSuffix(r.Failures[0].Outcome, "the same PIN is still visible, so none was spent (H19)") {
		t.Errorf("%+v", r.Failures)
	}
	r = play(t, hypr(t, `
  - workstation login: {pin: ABCD2345}
    expect: {state: {workstation.locked: true}, refused: wrong_pin}
`))
	for _, f := range r.Failures {
		if !strings.HasPrefix(f.Outcome, "refused not_locked (") {
			t.Errorf("%+v", f)
		}
	}
}
