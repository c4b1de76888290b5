package sim

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// The records of the world itself.
const (
	recordClock = "clock"
	recordNet   = "net"
)

// clockState is the world's clock and its counters.
type clockState struct {
	Frozen  bool          `json:"frozen"`
	Instant time.Time     `json:"instant"` // the time, while frozen
	Offset  time.Duration `json:"offset"`  // world minus host, while running
	Latest  time.Time     `json:"latest"`  // of the last Action, to detect that the host's clock went back
	Seq     uint64        `json:"seq"`     // of the last event
	Order   uint64        `json:"order"`   // of the last timer that was set
	Made    uint64        `json:"made"`    // number of users and sites ever made

	Recording bool   `json:"recording,omitempty"` // every Action is recorded as a move
	Moves     uint64 `json:"moves,omitempty"`     // number of moves
}

// pass is one run of an Action on one state: the ledger, the time, the queued
// messages and the events so far. A failed run is discarded without effect.
type pass struct {
	directory
	world *World
	tape  *tape
	slow  *slowWork

	clock clockState
	net   netState
	now   time.Time // the world's time at this point of the run
	floor time.Time // no event is stamped earlier

	queue  []authn.Message
	events []authn.Event
	err    error // the first error in a function that cannot return one

	action  authn.Action
	began   time.Time // when the Action was done, after the due timers
	outcome authn.Outcome
	refusal *authn.Refusal
}

// errNoClock is the fault of a world on which Start was never called, a bug in
// the caller.
var errNoClock = &authn.Fault{Code: authn.CodeStorageDamaged, Message: "the world has no clock",
	Hints: []string{"offauth world list"}}

// newPass reads the world's clock and links and determines the time.
func (w *World) newPass(r authn.Reader, t *tape, s *slowWork) (*pass, error) {
	p := &pass{directory: directory{newLedger(r)}, world: w, tape: t, slow: s}
	there, err := p.load(authn.SiteWorld, recordClock, &p.clock, nil)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, errNoClock
	}
	if _, err := p.load(authn.SiteWorld, recordNet, &p.net, nil); err != nil {
		return nil, err
	}
	p.now, p.floor = p.clock.Instant, p.clock.Latest
	if !p.clock.Frozen {
		p.now = w.cfg.Host().UTC().Round(0).Add(p.clock.Offset)
	}
	if p.now.Year() > lastYear {
		return nil, &authn.Fault{
			Code: CodeHostClock,
			Message: fmt.Sprintf("by the host's clock it is the year %d in this world, and no world goes beyond %d",
				p.now.Year(), lastYear),
			Hints: []string{"set the host's clock right; if it is right, then `offauth world create` another world"},
		}
	}
	return p, nil
}

// apply fires the due timers, does the Action, and settles.
func (p *pass) apply(a authn.Action) error {
	if err := p.catchUp(); err != nil {
		return err
	}
	a, err := p.spelledOut(a)
	if err != nil {
		return err
	}
	p.action, p.began = a, p.now
	result, pending, err := p.act(a)
	if refusal, ok := authn.AsRefusal(err); ok {
		if err := p.advise(a, refusal); err != nil {
			return err
		}
		p.refused(a, refusal)
	} else if err != nil {
		return err
	}
	if err := p.settle(); err != nil {
		return err
	}
	p.outcome = authn.Outcome{At: p.now, Result: result, Events: p.events, Pending: pending}
	return nil
}

// settle delivers the queued messages and fires the timers that have become
// due.
func (p *pass) settle() error {
	if err := p.pump(); err != nil {
		return err
	}
	return p.fireDue(p.now)
}

// refused stores the refusal in the pass and writes its event.
func (p *pass) refused(a authn.Action, r *authn.Refusal) {
	fields := map[string]any{"action": a.Verb()}
	if r.Native != "" {
		fields["native"] = r.Native
	}
	for key, value := range r.Fields {
		fields[key] = value
	}
	p.refusal = r
	p.emit(r.Site,
		authn.Event{Kind: authn.EventRefused, Subject: r.Subject, Result: string(r.Code), Rule: r.Rule, Fields: fields})
}

// advise adds to a refusal facts that the refusing site cannot know: the links
// that are down, and the advice of the Action's family.
func (p *pass) advise(a authn.Action, r *authn.Refusal) error {
	p.adviseCut(r)
	if f := p.world.byAction[reflect.TypeOf(a)]; f.Advise != nil {
		return f.Advise(sites{p}, a, r)
	}
	return nil
}

// adviseCut replaces the hint to look at the links by the commands that bring
// up those that are down.
func (p *pass) adviseCut(r *authn.Refusal) {
	other := func(hint string) bool { return hint != family.LookAtLines }
	if r.Code != authn.CodeServerUnreachable || slices.ContainsFunc(r.Hints, other) {
		return
	}
	at := []authn.Site{authn.SiteServer}
	if r.Site != authn.SiteServer {
		at = append(at, r.Site)
	}
	if cut := family.Reconnect(sites{p}, at...); len(cut) > 1 {
		r.Hints = cut[:len(cut)-1]
	}
}

// since returns the selected events, stored ones and those of this pass.
func (p *pass) since(q authn.EventQuery) ([]authn.Event, error) {
	events, err := p.base.Events(q)
	if err != nil {
		return nil, err
	}
	for _, e := range p.events {
		if q.Matches(e) {
			events = append(events, e)
		}
	}
	if q.Last > 0 && len(events) > q.Last {
		events = events[len(events)-q.Last:]
	}
	return events, nil
}

// emit adds an event with the current time and the next number.
func (p *pass) emit(site authn.Site, e authn.Event) {
	p.clock.Seq++
	e.Seq, e.At, e.Site = p.clock.Seq, p.now, site
	p.events = append(p.events, e)
}

// happened emits an event of the world's own or of the admin's.
func (p *pass) happened(site authn.Site, kind authn.Kind, subject string, rule authn.RuleID, fields map[string]any) {
	p.emit(site, authn.Event{Kind: kind, Subject: subject, Result: "ok", Rule: rule, Fields: fields})
}

// batch returns the writes of the pass.
func (p *pass) batch() (authn.Batch, error) {
	p.clock.Latest = p.now
	if p.clock.Frozen {
		p.clock.Instant = p.now
	}
	if p.clock.Recording {
		if err := p.record(); err != nil {
			return authn.Batch{}, err
		}
	}
	if err := p.save(authn.SiteWorld, recordClock, p.clock, nil); err != nil {
		return authn.Batch{}, err
	}
	b := p.ledger.batch()
	b.Append = p.events
	return b, nil
}

// host returns the Host of a site for this pass.
func (p *pass) host(site authn.Site) authn.Host {
	return authn.Host{
		Site:   site,
		Env:    authn.Env{Now: func() time.Time { return p.siteTime(site) }, Rand: p.stream(site)},
		Shelf:  shelf{p.ledger, site},
		Emit:   func(e authn.Event) { p.emit(site, e) },
		Uplink: func() authn.Uplink { return p.net.uplink(site) },
		Slow:   p.slow.ask,
		Send: func(to authn.Site, kind string, body []byte) {
			p.queue = append(p.queue, authn.Message{From: site, To: to, Kind: kind, Body: body})
		},
		Near: func(to authn.Site, kind string, body []byte) {
			p.queue = append(p.queue, authn.Message{From: site, To: to, Kind: kind, Body: body, Near: true})
		},
		Journal: func(after uint64) ([]authn.Event, error) {
			return p.since(authn.EventQuery{Site: site, After: after})
		},
		SetTimer: func(kind, subject string, at time.Time) {
			p.clock.Order++
			p.note(p.setTimer(authn.Timer{Site: site, Kind: kind, Subject: subject, At: at, Order: p.clock.Order}))
		},
		StopTimer: func(kind, subject string) {
			p.note(p.stopTimer(authn.TimerKey{Site: site, Kind: kind, Subject: subject}))
		},
	}
}

// note keeps the first error of a function that cannot return one. settle and
// fireDue return it.
func (p *pass) note(err error) {
	if p.err == nil {
		p.err = err
	}
}

// number converts an integer to the type of an event's field.
func number[N int | uint64](n N) int64 { return int64(n) }
