package explore

import (
	"maps"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// step is one action as it was drawn, before anything is known of what comes
// of it.
type step struct {
	// id names it for the steps behind it; it never changes.
	id int
	// verb is its spelling in the verb table; empty for a wait.
	verb string
	// values are its arguments; some are a ref, or joined.
	values verb.Values
	// wait is until when the clock moves on.
	wait wait
	// crash, if not 0, is the write at which the process dies in it: 1 before
	// the write is on disk, 2 after.
	crash int
}

// ref is a part of the result of an earlier step.
type ref struct {
	step  int
	field string
}

// wait is a span of time, or a deadline with a little more or less.
type wait struct {
	span time.Duration
	// site and kind name the next deadline of that kind; delta is added.
	site  authn.Site
	kind  string
	delta time.Duration
}

func (s step) isWait() bool { return s.verb == "" }

// with returns the step with one argument changed; nil takes it out.
func (s step) with(name string, value any) step {
	s.values = maps.Clone(s.values)
	if value == nil {
		delete(s.values, name)
	} else {
		s.values[name] = value
	}
	return s
}

// names reports whether an argument of the step is a name, by itself or as part
// of a site.
func (s step) names(name string) bool {
	for _, v := range s.values {
		text, ok := v.(string)
		if !ok {
			continue
		}
		site := authn.Site(text)
		phone, ws, _ := site.BluetoothEnds()
		if text == name || site.Name() == name || phone == name || ws == name {
			return true
		}
	}
	return s.wait.site.Name() == name && name != ""
}

// plan is a whole story: the world that it begins with, and what is done.
type plan struct {
	family authn.FamilyName
	start  time.Time
	policy []authn.Setting
	actors []actor
	steps  []step
	// ready is the world in which the first of the steps have been done, if
	// nobody has changed them; nil makes it from nothing.
	ready *prepared
}

// actor is a site that is there from the start; a phone has a user.
type actor struct {
	role     authn.Role
	name     string
	user     string
	platform string
}

// users are those of the phones, each once, in order.
func (p plan) users() []string {
	var names []string
	for _, a := range p.actors {
		if a.user != "" && !slices.Contains(names, a.user) {
			names = append(names, a.user)
		}
	}
	return names
}

// settle drops the ready world unless the story begins as it did.
func (p plan) settle() plan {
	if p.ready != nil && !p.ready.begins(p) {
		p.ready = nil
	}
	return p
}
