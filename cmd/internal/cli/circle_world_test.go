package cli

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/keystore/worlds"
	"github.com/offauth/offauth/scenarios/invariant"
	stories "github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/player"
	instances "github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// known holds what the people of a story remember: their PINs and passwords.
type known map[string]string

// learn records what an accepted Action has set.
func (k known) learn(a authn.Action, result any) {
	switch a := a.(type) {
	case encap.Activate:
		k["online PIN of "+a.Phone] = a.PIN.Reveal()
	case encap.AddMethod:
		which := "offline PIN of "
		if len(a.Methods) == 1 && !a.Methods[0].Offline() {
			which = "online PIN of "
		}
		if !a.PIN.Empty() {
			k[which+a.Phone] = a.PIN.Reveal()
		}
	case onespan.SetPassword:
		k["static password of "+a.User] = a.Password.Reveal()
	case onespan.SetPIN:
		k["server PIN of "+a.User] = a.PIN.Reveal()
	case onespan.ResetPIN:
		delete(k, "server PIN of "+a.User)
	case onespan.Logon:
		k["last typed"] = a.Password.Reveal()
		if r, ok := result.(onespan.LogonResult); ok && r.PINChanged {
			k["server PIN of "+a.User] = twice(a.Password.Reveal())
		}
	case onespan.Resync:
		k["last typed"] = a.Codes.Reveal()
	case onespan.Update:
		k["last typed"] = a.Password.Reveal()
		if r, ok := result.(onespan.UpdateResult); ok && r.PINChanged {
			k["server PIN of "+a.User] = twice(a.Password.Reveal())
		}
	}
}

// twice returns the repeated end of a credential: a new server PIN.
func twice(typed string) string {
	for n := len(typed) / 2; n > 0; n-- {
		if pin := typed[len(typed)-n:]; strings.HasSuffix(typed, pin+pin) {
			return pin
		}
	}
	return ""
}

// refusedAct is an Action that a story had refused, with the world right before
// it.
type refusedAct struct {
	story   string
	action  authn.Action
	refusal *authn.Refusal
	store   *memory.Store
	known   known
}

// listener is a Watcher that keeps the refusals.
type listener struct {
	story string
	store *memory.Store
	// before is the world before the next Action.
	before *memory.Store
	known  known
	found  []refusedAct
}

func (l *listener) See(s invariant.Seen) []invariant.Broken {
	before := l.before
	l.before = l.store.Fork().(*memory.Store)
	switch {
	case s.Refusal != nil && !s.Crashed:
		k := known{}
		for name, text := range l.known {
			k[name] = text
		}
		l.found = append(l.found, refusedAct{l.story, s.Action, s.Refusal, before, k})
	case !s.Crashed:
		l.known.learn(s.Action, s.Outcome.Result)
	}
	return nil
}

func (l *listener) End() []invariant.Broken { return nil }

// refusals plays the library and returns all refusals.
func refusals(t *testing.T) []refusedAct {
	t.Helper()
	var told []*story.Story
	for _, name := range stories.Names() {
		story, findings := lint.Load(stories.FS(), stories.Path(name))
		if syntax.Wrong(findings) {
			t.Fatal(findings)
		}
		told = append(told, story)
	}
	all, err := instances.Expand(told, 0)
	if err != nil {
		t.Fatal(err)
	}
	heard := make([][]refusedAct, len(all))
	var wait sync.WaitGroup
	turns := make(chan bool, 2)
	for i, in := range all {
		wait.Go(func() {
			turns <- true
			defer func() { <-turns }()
			l := &listener{story: in.ID, known: known{}, store: memory.NewStore()}
			p, err := player.New(t.Context(), in, player.Config{
				Store: func() authn.Store { return l.store }, Now: time.Now, WallScale: 100, Seed: in.Story.Seed, Watch: l,
			})
			if err == nil { // else the product does not accept the policy
				l.before = l.store.Fork().(*memory.Store)
				p.Play(t.Context())
			}
			heard[i] = l.found
		})
	}
	wait.Wait()
	var found []refusedAct
	for _, f := range heard {
		found = append(found, f...)
	}
	return found
}

// circleWorld is the name of the only world in the home of a circle.
const circleWorld = "story"

// hostOf returns a host whose one world has the content of a store.
func hostOf(t *testing.T, store authn.Store) *fixture {
	t.Helper()
	f := newFixture(t)
	f.now = epoch
	home := worlds.Home{Dir: f.home}
	vault := func(string) (keystore.Vault, error) { return app.OSVault(f.deps(io.Discard, io.Discard)), nil }
	err := home.Create(t.Context(), circleWorld, keystore.KindOS, vault, func(to authn.Store) error {
		return to.Update(t.Context(), func(authn.Reader) (b authn.Batch, err error) {
			err = store.View(t.Context(), func(from authn.Reader) error {
				var errs [3]error
				b.Put, errs[0] = from.Records("", "")
				b.Set, errs[1] = from.Timers()
				b.Append, errs[2] = from.Events(authn.EventQuery{})
				for i := range b.Put {
					b.Put[i].Version = 1 // of a world whose history is not copied
				}
				return errors.Join(errs[:]...)
			})
			return b, err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
