package hypr_test

import (
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// monday is the start time of every line.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// cheap is a KDF with minimal cost.
var cheap = authn.KDF{Time: 1, MemoryKiB: 8}

const (
	phoneName = "pixel"
	wsName    = "LAPTOP-7"
	user      = "alice"
)

var (
	phoneSite = authn.Phone(phoneName)
	wsSite    = authn.Workstation(wsName)
)

// line is a minimal world for the three state machines: a map for the records,
// a slice for the queued messages, and a clock that the test controls. It
// shares no code with authn/sim. A test may inspect, hold back, change or forge
// any message.
type line struct {
	t      testing.TB
	now    time.Time
	kdf    authn.KDF
	shelf  map[authn.Site]map[string]record
	rand   map[string]io.Reader
	queue  []authn.Message
	seen   []authn.Message // all sent messages
	events []authn.Event
	timers map[authn.TimerKey]authn.Timer
	order  uint64
	uplink map[authn.Site]authn.Uplink
	jobs   int // number of requested slow jobs
	// lose, if set, reports whether to drop a message.
	lose func(authn.Message) bool
	// notYet makes the next Slow return ErrNotYet.
	notYet bool
	// breakAt makes the nth call of a shelf fail, counted from 1; 0 is never.
	breakAt int
}

func newLine(t testing.TB) *line {
	return &line{
		t: t, now: monday, kdf: cheap, shelf: map[authn.Site]map[string]record{}, rand: map[string]io.Reader{},
		timers: map[authn.TimerKey]authn.Timer{}, uplink: map[authn.Site]authn.Uplink{},
	}
}

func (l *line) phone() hypr.Phone { return hypr.Phone{Host: l.host(phoneSite)} }

func (l *line) server() hypr.Server {
	return hypr.Server{Host: l.host(authn.SiteServer)}
}

func (l *line) workstation() hypr.Workstation {
	return hypr.Workstation{Host: l.host(wsSite), KDF: l.kdf}
}

func (l *line) host(site authn.Site) authn.Host {
	return authn.Host{
		Site: site, Env: authn.Env{Now: func() time.Time { return l.now },
			Rand: func(purpose string) io.Reader { return l.stream(site, purpose) }},
		Shelf: mapShelf{l, site},
		Emit: func(e authn.Event) {
			e.Seq, e.At, e.Site = uint64(len(l.events)+1), l.now, site
			l.events = append(l.events, e)
		},
		Send: func(to authn.Site, kind string, body []byte) {
			m := authn.Message{From: site, To: to, Kind: kind, Body: body}
			l.queue, l.seen = append(l.queue, m), append(l.seen, m)
		},
		Uplink: func() authn.Uplink {
			if state, ok := l.uplink[site]; ok {
				return state
			}
			return authn.Up
		},
		SetTimer: func(kind, subject string, at time.Time) {
			l.order++
			l.timers[authn.TimerKey{Site: site, Kind: kind, Subject: subject}] = authn.Timer{Site: site, Kind: kind,
				Subject: subject, At: at, Order: l.order}
		},
		StopTimer: func(kind, subject string) {
			delete(l.timers, authn.TimerKey{Site: site, Kind: kind, Subject: subject})
		},
		Near: func(to authn.Site, kind string, body []byte) {
			m := authn.Message{From: site, To: to, Kind: kind, Body: body, Near: true}
			l.queue, l.seen = append(l.queue, m), append(l.seen, m)
		},
		Journal: func(after uint64) ([]authn.Event, error) {
			return slices.DeleteFunc(slices.Clone(l.events),
				func(e authn.Event) bool { return e.Site != site || e.Seq <= after }), nil
		},
		Slow: l.slow,
	}
}

func (l *line) stream(site authn.Site, purpose string) io.Reader {
	key := string(site) + "\x00" + purpose
	if l.rand[key] == nil {
		l.rand[key] = rand.NewChaCha8(sha256.Sum256([]byte(key)))
	}
	return l.rand[key]
}

// slow counts and runs the requested KDFs.
func (l *line) slow(jobs []authn.SlowJob) ([][]byte, error) {
	l.jobs += len(jobs)
	if l.notYet {
		l.notYet = false
		return nil, authn.ErrNotYet
	}
	answers := make([][]byte, len(jobs))
	for i, job := range jobs {
		answers[i] = job.Do()
	}
	return answers, nil
}

// pump delivers messages until the queue is empty.
func (l *line) pump() error {
	for len(l.queue) > 0 {
		m := l.queue[0]
		l.queue = l.queue[1:]
		if l.lose != nil && l.lose(m) {
			continue
		}
		if err := l.deliver(m); err != nil {
			return err
		}
	}
	return nil
}

// deliver delivers one message to its site.
func (l *line) deliver(m authn.Message) error {
	switch m.To.Role() {
	case authn.RolePhone:
		return hypr.Phone{Host: l.host(m.To)}.Receive(m)
	case authn.RoleWorkstation:
		return hypr.Workstation{Host: l.host(m.To), KDF: l.kdf}.Receive(m)
	}
	return l.server().Receive(m)
}

// wait advances the clock and fires the due timers, the earliest first.
func (l *line) wait(by time.Duration) {
	l.t.Helper()
	until := l.now.Add(by)
	for {
		due := []authn.Timer{}
		for _, timer := range l.timers {
			if !timer.At.After(until) {
				due = append(due, timer)
			}
		}
		if len(due) == 0 {
			l.now = until
			return
		}
		sort.Slice(due, func(i, j int) bool {
			if !due[i].At.Equal(due[j].At) {
				return due[i].At.Before(due[j].At)
			}
			return due[i].Order < due[j].Order
		})
		t := due[0]
		if t.At.After(l.now) {
			l.now = t.At
		}
		delete(l.timers, authn.TimerKey{Site: t.Site, Kind: t.Kind, Subject: t.Subject})
		if t.Site.Role() == authn.RolePhone {
			l.ok(hypr.Phone{Host: l.host(t.Site)}.Fire(t))
		} else {
			l.ok(hypr.Workstation{Host: l.host(t.Site), KDF: l.kdf}.Fire(t))
		}
		l.ok(l.pump())
	}
}

func (l *line) ok(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// spine returns the kinds of messages of enrolment, pairing and one login, in
// order.
func spine() []string {
	kinds := hypr.MessageKinds()
	return kinds[:slices.Index(kinds, "pin_set_held")+1]
}
