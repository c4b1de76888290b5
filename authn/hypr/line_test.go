package hypr_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// monday is when every line begins.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// cheap is a KDF that costs next to nothing.
var cheap = hypr.KDF{Time: 1, MemoryKiB: 8}

const (
	phoneName = "pixel"
	wsName    = "LAPTOP-7"
	user      = "alice"
)

var (
	phoneSite = authn.Phone(phoneName)
	wsSite    = authn.Workstation(wsName)
)

// line is the smallest thing that the three state machines can stand on: a
// map for a shelf, a slice for the messages under way, and a clock that the
// test holds. It shares nothing with authn/sim. A test may look at every
// message, hold it back, change it, or write one of its own.
type line struct {
	t      testing.TB
	now    time.Time
	kdf    hypr.KDF
	shelf  map[authn.Site]map[string]record
	rand   map[string]io.Reader
	queue  []authn.Message
	seen   []authn.Message // every message that was sent
	events []authn.Event
	timers map[authn.TimerKey]authn.Timer
	order  uint64
	uplink map[authn.Site]authn.Uplink
	jobs   int // slow jobs that were asked for
	// lose, if set, takes a message off the line.
	lose func(authn.Message) bool
	// notYet makes the next Slow answer ErrNotYet.
	notYet bool
	// breakAt makes the nth call of a shelf fail, counted from 1; 0 is never.
	breakAt int
}

type record struct{ public, secret []byte }

func newLine(t testing.TB) *line {
	return &line{
		t: t, now: monday, kdf: cheap, shelf: map[authn.Site]map[string]record{}, rand: map[string]io.Reader{},
		timers: map[authn.TimerKey]authn.Timer{}, uplink: map[authn.Site]authn.Uplink{},
	}
}

// enrolled has the phone and the workstation known to the server, and Offline
// Mode on with sets of ten.
func enrolled(t testing.TB, settings ...authn.Setting) *line {
	t.Helper()
	l := newLine(t)
	l.ok(l.workstation().Enrol("2.6"))
	l.ok(l.phone().Enrol(user, "android", "4.3"))
	l.ok(l.pump())
	l.set("hypr.offline.enabled", "true")
	l.set("hypr.pins.count", "10")
	for _, s := range settings {
		l.set(s.Key, s.Value)
	}
	return l
}

// primed is enrolled, paired, logged in online once, and locked.
func primed(t testing.TB, settings ...authn.Setting) *line {
	t.Helper()
	l := enrolled(t, settings...)
	l.pair()
	l.login()
	l.lock()
	return l
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
		Site: site, Env: authn.Env{Now: func() time.Time { return l.now }, Rand: func(purpose string) io.Reader { return l.stream(site, purpose) }},
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
		Wake: func(kind, subject string, at time.Time) {
			l.order++
			l.timers[authn.TimerKey{Site: site, Kind: kind, Subject: subject}] = authn.Timer{Site: site, Kind: kind, Subject: subject, At: at, Order: l.order}
		},
		Calm: func(kind, subject string) { delete(l.timers, authn.TimerKey{Site: site, Kind: kind, Subject: subject}) },
		Near: func(to authn.Site, kind string, body []byte) {
			m := authn.Message{From: site, To: to, Kind: kind, Body: body, Near: true}
			l.queue, l.seen = append(l.queue, m), append(l.seen, m)
		},
		Journal: func(after uint64) ([]authn.Event, error) {
			return slices.DeleteFunc(slices.Clone(l.events), func(e authn.Event) bool { return e.Site != site || e.Seq <= after }), nil
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

// slow counts the KDFs that were asked for, and does them.
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

// pump delivers messages until the line is quiet.
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

// deliver hands one message to its site.
func (l *line) deliver(m authn.Message) error {
	switch m.To.Role() {
	case authn.RolePhone:
		return hypr.Phone{Host: l.host(m.To)}.Receive(m)
	case authn.RoleWorkstation:
		return hypr.Workstation{Host: l.host(m.To), KDF: l.kdf}.Receive(m)
	}
	return l.server().Receive(m)
}

// again delivers a message once more and says what was made of it: the kinds
// of the events, and the reason of a message_refused.
func (l *line) again(m authn.Message) string {
	l.t.Helper()
	from := len(l.events)
	l.ok(l.deliver(m))
	l.ok(l.pump())
	made := []string{}
	for _, e := range l.events[from:] {
		text := string(e.Kind)
		if e.Result != "ok" {
			text += ":" + e.Result
		}
		made = append(made, text)
	}
	return strings.Join(made, " ")
}

// last is the newest message of a kind.
func (l *line) last(kind string) authn.Message {
	l.t.Helper()
	for i := len(l.seen) - 1; i >= 0; i-- {
		if l.seen[i].Kind == kind {
			return l.seen[i]
		}
	}
	l.t.Fatalf("no %s was sent", kind)
	return authn.Message{}
}

// dropping loses all messages of some kinds while do runs.
func (l *line) dropping(do func(), kinds ...string) {
	l.lose = func(m authn.Message) bool {
		for _, kind := range kinds {
			if m.Kind == kind {
				return true
			}
		}
		return false
	}
	do()
	l.lose = nil
}

// wait moves the clock and fires what is due on the way, the earliest first.
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

// set changes one setting at the server.
func (l *line) set(key, value string) {
	l.t.Helper()
	_, err := l.server().Set([]authn.Setting{{Key: key, Value: value}})
	l.ok(err)
}

// tryPair pairs, and gives what the phone's user is told.
func (l *line) tryPair() error {
	l.t.Helper()
	l.ok(l.phone().Pair(wsName, false))
	l.ok(l.pump())
	_, err := l.phone().Paired(wsName)
	return err
}

func (l *line) pair() { l.t.Helper(); l.ok(l.tryPair()) }

// tap taps and lets the messages through.
func (l *line) tap() hypr.TapResult {
	l.t.Helper()
	l.ok(l.phone().Tap(wsName, false))
	l.ok(l.pump())
	r, _, err := l.phone().TapState(wsName)
	l.ok(err)
	return r
}

// login taps and wants an online login.
func (l *line) login() {
	l.t.Helper()
	if r := l.tap(); r.Outcome != hypr.TapLogin {
		l.t.Fatalf("the tap ended as %q (%s), want an online login", r.Outcome, r.Reason)
	}
}

func (l *line) lock() { l.t.Helper(); _, err := l.workstation().Lock(); l.ok(err) }

// pin shows the next PIN.
func (l *line) pin() authn.Secret {
	l.t.Helper()
	_, err := l.phone().Hide()
	l.ok(err)
	r, err := l.phone().Unlock(wsName)
	l.ok(err)
	return r.PIN
}

// types types a PIN at a locked workstation: "" if it unlocked, or the code.
func (l *line) types(pin authn.Secret) authn.Code {
	l.t.Helper()
	l.lock()
	_, err := l.workstation().Login(user, pin)
	return l.code(err)
}

// code is a refusal's; "" means that there was none.
func (l *line) code(err error) authn.Code {
	l.t.Helper()
	if err == nil {
		return ""
	}
	r, ok := authn.AsRefusal(err)
	if !ok {
		l.t.Fatal(err)
	}
	return r.Code
}

func (l *line) locked() bool {
	l.t.Helper()
	var v authn.WorkstationView
	l.ok(l.workstation().View(&v, ""))
	return v.Locked
}

// held is what the workstation keeps of the user's sets.
func (l *line) held() []authn.PINSetView {
	l.t.Helper()
	var v authn.WorkstationView
	l.ok(l.workstation().View(&v, user))
	if len(v.Accounts) == 0 {
		return nil
	}
	return v.Accounts[0].Sets
}

// computer is the workstation as the phone knows it.
func (l *line) computer() authn.ComputerView {
	l.t.Helper()
	views, err := l.phone().View()
	l.ok(err)
	if len(views) != 1 {
		l.t.Fatalf("the phone knows %d computers", len(views))
	}
	return views[0]
}

// seed is a site's signing key, as its shelf has it.
func (l *line) seed(site authn.Site) ed25519.PrivateKey {
	l.t.Helper()
	var k struct{ Sign, Box []byte }
	l.ok(json.Unmarshal(l.shelf[site]["hypr/keys"].secret, &k))
	return ed25519.NewKeyFromSeed(k.Sign)
}

// forge writes a message as docs/protocol-hypr.md has it, without the
// package's encoders: version, kind, body, signature.
func forge(kind string, signer ed25519.PrivateKey, body func(*authn.Encoder)) []byte {
	var e authn.Encoder
	e.U8(1)
	e.Text(kind)
	body(&e)
	e.Raw(ed25519.Sign(signer, e.Bytes()))
	return e.Bytes()
}

// mapShelf is one site's part of a line's shelf.
type mapShelf struct {
	l    *line
	site authn.Site
}

func (s mapShelf) Load(name string, public, secret any) (bool, error) {
	if err := s.l.broken(); err != nil {
		return false, err
	}
	r, ok := s.l.shelf[s.site][name]
	if !ok {
		return false, nil
	}
	if public != nil {
		if err := json.Unmarshal(r.public, public); err != nil {
			return false, err
		}
	}
	if secret != nil && r.secret != nil {
		if err := json.Unmarshal(r.secret, secret); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (s mapShelf) Save(name string, public, secret any) (err error) {
	if err := s.l.broken(); err != nil {
		return err
	}
	var r record
	if r.public, err = json.Marshal(public); err != nil {
		return err
	}
	if secret != nil {
		if r.secret, err = json.Marshal(secret); err != nil {
			return err
		}
	}
	if s.l.shelf[s.site] == nil {
		s.l.shelf[s.site] = map[string]record{}
	}
	s.l.shelf[s.site][name] = r
	return nil
}

func (s mapShelf) Remove(name string) error {
	if err := s.l.broken(); err != nil {
		return err
	}
	delete(s.l.shelf[s.site], name)
	return nil
}

func (s mapShelf) Names(prefix string) ([]string, error) {
	if err := s.l.broken(); err != nil {
		return nil, err
	}
	names := []string{}
	for name := range s.l.shelf[s.site] {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names, nil
}

// publicHalves is all that lies in clear, and what is said in events.
func (l *line) publicHalves() []byte {
	var b bytes.Buffer
	for site, records := range l.shelf {
		for name, r := range records {
			fmt.Fprintf(&b, "%s %s %s\n", site, name, r.public)
		}
	}
	for _, e := range l.events {
		fmt.Fprintf(&b, "%+v\n", e)
	}
	return b.Bytes()
}

var _ authn.Shelf = mapShelf{}

// broken counts the calls of the shelf down to the one that fails.
func (l *line) broken() error {
	if l.breakAt == 0 {
		return nil
	}
	if l.breakAt--; l.breakAt == 0 {
		return errBroken
	}
	return nil
}

var errBroken = errors.New("the shelf broke")

// spine lists the kinds of messages of enrolment, pairing and one login.
func spine() []string {
	kinds := hypr.MessageKinds()
	return kinds[:slices.Index(kinds, "pin_set_held")+1]
}
