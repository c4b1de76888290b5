package compose_test

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/story"
)

//go:generate go test . -update

var update = flag.Bool("update", false, "rewrite what the tests compare with")

var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// stage is a world that records its moves. Its clock follows host.
type stage struct {
	t     testing.TB
	world *sim.World
	host  time.Time
	moves []compose.Move
}

func newStage(t testing.TB, seed uint64) *stage {
	t.Helper()
	s := &stage{t: t, host: monday}
	store := memory.NewStore()
	if err := sim.Start(context.Background(), store, nil); err != nil {
		t.Fatal(err)
	}
	readers := map[string]io.Reader{}
	s.world = sim.Open(sim.Config{
		Families: verb.Families(),
		Store:    store, KDF: authn.KDF{Time: 1, MemoryKiB: 8}, Host: func() time.Time { return s.host },
		Rand: func(site authn.Site, purpose string) io.Reader {
			key := fmt.Sprint(seed, site, purpose)
			if readers[key] == nil {
				readers[key] = rand.NewChaCha8(sha256.Sum256([]byte(key)))
			}
			return readers[key]
		},
	})
	return s
}

// do applies an Action and records the move; a fault fails the test.
func (s *stage) do(a authn.Action) authn.Outcome {
	s.t.Helper()
	before, err := s.world.Snapshot(context.Background(), authn.Scope{Sites: []authn.Site{authn.SiteWorld}})
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := s.world.Apply(context.Background(), a)
	r, refused := authn.AsRefusal(err)
	if err != nil && !refused {
		s.t.Fatalf("%s: %v", a.Verb(), err)
	}
	s.moves = append(s.moves, compose.Move{Action: a, At: before.Now, Outcome: out, Refusal: r})
	return out
}

// pass advances the host's clock.
func (s *stage) pass(d time.Duration) { s.host = s.host.Add(d) }

// setting returns a setting.
func setting(key authn.SettingKey, value string) authn.Setting {
	return authn.Setting{Key: key, Value: value}
}

// office returns the world in which the hypr stories begin.
func office(t testing.TB, seed uint64) *stage {
	t.Helper()
	s := newStage(t, seed)
	for _, a := range []authn.Action{
		authn.AddUser{Name: "alice"}, authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR},
		authn.RegisterDevice{Name: "pixel", User: "alice"},
		authn.SetPolicy{Settings: []authn.Setting{setting("hypr.offline.enabled", "true"), setting("hypr.pins.count", "10")}},
	} {
		s.do(a)
	}
	s.moves = nil
	return s
}

func (s *stage) scene() compose.Scene {
	return compose.Scene{
		Header: []string{"a test"}, Name: "told", Profile: "hypr", Start: monday, Moves: s.moves,
		Policy: []authn.Setting{setting("hypr.offline.enabled", "true"), setting("hypr.pins.count", "10")},
		Actors: []story.Actor{
			{Name: "pixel", Role: authn.RolePhone, User: "alice"}, {Name: "LAPTOP-7", Role: authn.RoleWorkstation},
			{Name: "server", Role: authn.RoleServer}, {Name: "admin", Role: authn.RoleAdmin},
		},
	}
}

// golden compares the text of a scene with a file of testdata, and returns it.
func golden(t *testing.T, name string, scene compose.Scene) string {
	t.Helper()
	got, err := compose.Write(scene)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; if it is right, run: go generate ./scenarios/compose. Got:\n%s", file, got)
	}
	return string(got)
}
