package player_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// monday is when every story begins.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// row is an ordered mapping of a story that is written in Go: key, value, key,
// value.
type row []any

// node makes a node of a Go value. Each gets a line of its own.
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

// step makes a step: its kind or its verb, its value or its arguments, then
// modifiers.
func step(kind string, v any, modifiers ...func(*story.Step)) story.Step {
	s := story.Step{Pos: place(), Kind: kind}
	switch kind {
	case "phase", "wait", "at", "await", "link", "skew", "restart", "crash", "policy", "check", "call", "repeat":
		s.Value = node(v)
	default:
		s.Kind, s.Verb = story.StepVerb, kind
		for _, e := range entries(v.(row)) {
			switch e.Name {
			case "by":
				s.By = e.Value
			case "for":
				s.For = e.Value
			default:
				s.Args = append(s.Args, e)
			}
		}
	}
	for _, m := range modifiers {
		m(&s)
	}
	return s
}

func expect(v any) func(*story.Step) { return func(s *story.Step) { s.Expect = node(v) } }

func body(steps ...story.Step) func(*story.Step) { return func(s *story.Step) { s.Steps = steps } }

// save takes pairs of a name and a path.
func save(pairs ...string) func(*story.Step) {
	return func(s *story.Step) {
		for i := 0; i < len(pairs); i += 2 {
			s.Save = append(s.Save, story.Save{Name: pairs[i], At: place(), Path: pairs[i+1], From: place()})
		}
	}
}

// hypr is a story of one phone and one workstation, with small sets, which are
// paired and primed.
func hypr(steps ...story.Step) *story.Story {
	return &story.Story{
		Path: "story.yaml", Name: "story", NamePos: place(), Profile: "hypr", Start: monday, Seed: 7,
		Actors: []story.Actor{
			{Name: "phone", Role: authn.RolePhone, User: "alice"}, {Name: "workstation", Role: authn.RoleWorkstation},
			{Name: "server", Role: authn.RoleServer}, {Name: "admin", Role: authn.RoleAdmin},
		},
		Policy: entries(row{"hypr.offline.enabled", true, "hypr.pins.count", 10, "hypr.pins.length", 8}),
		Setup: []story.Step{
			step("device pair", row{}),
			step("device tap", row{}, expect(row{"events", []any{"online_authenticated", "pins_issued", row{"unlocked", row{"mode", "online"}}}})),
		},
		Steps: steps,
		Fragments: map[string]*story.Fragment{"offline_unlock": {
			Name: "offline_unlock",
			Steps: []story.Step{
				step("workstation lock", row{}),
				step("device unlock", row{}, save("pin", "result.pin")),
				step("workstation login", row{"pin", "${saved.pin}"}, expect(row{"events", []any{row{"unlocked", row{"mode", "offline"}}}})),
				step("device hide", row{}),
			},
			Returns: entries(row{"pin", "${saved.pin}"}),
		}},
	}
}

func config() player.Config {
	return player.Config{
		Store: func() authn.Store { return keystore.NewMemoryStore() },
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

// passes wants a story to pass.
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
	r := passes(t, hypr(
		step("phase", "Both lose the network"),
		step("link", row{"phone", "down", "workstation", "down"}),
		step("call", "offline_unlock", save("last", "returns.pin"), expect(row{"no_events", []any{"pins_low"}})),
		step("workstation lock", row{}),
		step("workstation login", row{"pin", "######"}, expect(row{"refused", "wrong_pin", "rule", "H24", "state", row{"workstation.locked", true}})),
		step("workstation login", row{"pin", "${saved.last}"}, expect(row{"refused", "pin_used", "rule", "H23", "state", row{"phone.pins.left", 9}})),
		step("phase", "They run out"),
		step("repeat", 9, body(step("call", "offline_unlock", save("last", "returns.pin"))), expect(row{"count", row{"pins_exhausted", 1}})),
		step("device unlock", row{}, expect(row{"refused", "no_pins_left", "rule", "H30"})),
		step("phase", "An online login brings new ones"),
		step("wait", "1h"),
		step("link", row{"phone", "up", "workstation", "up"}),
		step("device tap", row{}, expect(row{"events", []any{"online_authenticated", row{"pins_issued", row{"count", 10}}}, "state", row{"phone.pins.left", 10}})),
	))
	if r.Actions != 50 || r.Virtual != time.Hour || len(r.Hash) != 64 {
		t.Errorf("%d Actions, %s, %q", r.Actions, r.Virtual, r.Hash)
	}
	t.Log(strings.Join(r.Transcript[:40], "\n"))
}

// The last PIN is still visible, so no other is asked for: the failure says so.
func TestAFailureShowsWhatTheStepGave_H19(t *testing.T) {
	t.Parallel()
	r := play(t, hypr(
		step("workstation lock", row{}),
		step("device unlock", row{}, save("pin", "result.pin")),
		step("device unlock", row{}, expect(row{"refused", "no_pins_left"})),
	))
	if len(r.Failures) != 1 || !strings.Contains(r.Failures[0].Outcome, "left: 9") || !strings.HasSuffix(r.Failures[0].Outcome, "the same PIN is still visible, so none was spent (H19)") {
		t.Errorf("%+v", r.Failures)
	}
	r = play(t, hypr(step("workstation login", row{"pin", "ABCD2345"}, expect(row{"state", row{"workstation.locked", true}, "refused", "wrong_pin"}))))
	for _, f := range r.Failures {
		if !strings.HasPrefix(f.Outcome, "refused not_locked (") {
			t.Errorf("%+v", f)
		}
	}
}
