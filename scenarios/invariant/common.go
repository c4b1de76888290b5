package invariant

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// checks returns the invariants that are about any family.
func (b *Book) checks() []Check {
	return []Check{
		NewCheck("no_secret_outside", "no PIN, code or key text stands in an event, a refusal or a warning",
			b.leakInEvent, b.leakInRefusal, "A9", "A15"),
		NewCheck("counters_monotonic", "counters and numbers never go down", b.numberedWithoutGap, nil, "A15", "A6"),
		NewCheck("refusal_frees_nothing", "a refusal frees, restores and issues nothing", nil, b.freedByRefusal,
			"H25", "H24", "E31"),
		NewCheck("server_needed",
			"what needs the server is never accepted across a cut link, and what is offline makes no call",
			b.callOffline, nil, "H46", "E19"),
	}
}

// numberedWithoutGap holds the numbers of the log.
func (b *Book) numberedWithoutGap(e authn.Event) *Broken {
	if e.Seq != b.seq+1 {
		return Brokenf("event %d (%s) follows on event %d", e.Seq, e.Kind, b.seq)
	}
	return nil
}

// freedByRefusal looks for what a refused Action must not bring about. Where
// no answer came, it may be done all the same: the answer was lost.
func (b *Book) freedByRefusal() *Broken {
	r := b.Seen.Refusal
	if r == nil || strings.HasSuffix(string(r.Code), "_unreachable") {
		return nil
	}
	kinds := []authn.Kind{authn.EventPolicySet}
	for _, f := range b.families {
		kinds = append(kinds, f.Frees...)
	}
	for _, kind := range kinds {
		if b.Kinds[kind] > 0 {
			return Brokenf("%s was refused (%s) and left %s", b.Seen.Action.Verb(), r.Code, kind)
		}
	}
	return nil
}

// callOffline holds what is done without the network: nothing of it reaches
// another site.
func (b *Book) callOffline(e authn.Event) *Broken {
	if !b.offline() {
		return nil
	}
	timed := func(f Family) bool { return slices.Contains(f.Timed, e.Kind) }
	if e.Site == authn.SiteServer && !slices.ContainsFunc(b.families, timed) || e.Kind == authn.EventFaultStruck {
		return Brokenf("%s left %s at %s", b.Seen.Action.Verb(), e.Kind, e.Site)
	}
	return nil
}

// offline reports whether the Action is done without the network.
func (b *Book) offline() bool {
	switch b.Seen.Action.(type) {
	case authn.Cancel, authn.Lock:
		return true
	}
	return slices.ContainsFunc(b.families, func(f Family) bool { return f.Offline != nil && f.Offline(b.Seen.Action) })
}
