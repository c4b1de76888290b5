package device

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/keystore/worlds"
	"github.com/offauth/offauth/tui/bigpin"
)

// wholeScreen reports whether a program can use the whole terminal. Its size
// must be known.
func wholeScreen(d *app.Deps) bool {
	return d.Streams.OutTTY && d.Streams.InTTY && d.Paints()
}

func cardOf(r hypr.UnlockResult, used bool) bigpin.Card {
	return bigpin.Card{
		Workstation: r.Workstation, Phone: r.Phone, PIN: r.PIN, Left: r.Left, Of: r.Of,
		ShownAt: r.ShownAt, HiddenAt: r.HiddenAt, ExpiresAt: r.ExpiresAt, Same: r.Same, Used: used, Low: r.Low,
	}
}

// showLarge shows the PIN on the alternate screen for as long as the phone
// shows it, and returns the text that remains, without the PIN. Ctrl-C there
// closes it as Enter does; a signal ends the command with exit code 3.
func showLarge(ctx context.Context, d *app.Deps, w *app.World, rep app.Report, r hypr.UnlockResult,
	used bool) (app.Report, error) {
	// Reads are not interrupted.
	reading := context.WithoutCancel(ctx)
	// Start watching before the first read, so that no change is missed.
	watch, err := w.Store.Watch(reading)
	if err != nil {
		return rep, err
	}
	on := &onShow{deps: d, world: w, shown: r, watch: watch}
	sight, err := on.look(reading)
	if err == nil {
		on.number = on.set()
		var ended bigpin.Ended
		if ended, err = d.ShowPIN(ctx, cardOf(r, used), sight, on.changed); err == nil && ended == bigpin.Interrupted &&
			ctx.Err() != nil {
			err = cancelledCard(r)
		} else if _, fault := authn.AsFault(err); err != nil && !fault {
			err = fmt.Errorf("%w: %w", app.ErrOutput, err)
		}
	}
	if err == nil {
		_, err = on.look(reading)
	}
	if err == nil {
		on.used, err = pinUsed(reading, w, r)
	}
	if err := errors.Join(err, watch.Close()); err != nil {
		return rep, err
	}
	on.word(&rep)
	return rep, nil
}

// cancelledCard returns the error of a card that a signal closed.
func cancelledCard(r hypr.UnlockResult) *authn.Fault {
	end := app.Cancelled()
	end.Message = "cancelled: a PIN for " + r.Workstation + " was shown, and is wiped from the screen"
	return end
}

// onShow is a PIN on a phone's screen, with the state of the phone.
type onShow struct {
	deps  *app.Deps
	world *app.World
	shown hypr.UnlockResult
	watch *worlds.Watch
	// number is the number of the PIN's set.
	number uint64

	now  time.Time // the world's
	icon *authn.ComputerView
	lit  bool
	used bool
}

// changed implements bigpin.Watch.
func (s *onShow) changed() (*bigpin.Sight, error) {
	ctx := context.Background()
	if changed, err := s.watch.Changed(ctx); err != nil || !changed {
		return nil, err
	}
	sight, err := s.look(ctx)
	return &sight, err
}

// look reads the state of the phone.
func (s *onShow) look(ctx context.Context) (bigpin.Sight, error) {
	site := authn.Phone(s.shown.Phone)
	snap, err := s.world.Snapshot(ctx, authn.Scope{Sites: []authn.Site{site}})
	if err != nil {
		return bigpin.Sight{}, err
	}
	s.now, s.icon = snap.Now, nil
	if len(snap.Phones) > 0 {
		s.icon = pick.IconOf(snap.Phones[0], s.shown.Workstation)
	}
	// On a stopped clock another PIN may have been shown at the same instant.
	s.lit = s.icon != nil && s.icon.Shown != nil && s.icon.Shown.PIN.Equal(s.shown.PIN)
	return bigpin.Sight{Clock: phoneClock(s.deps, snap, site), Frozen: snap.Clock.Frozen, Gone: !s.lit}, nil
}

// phoneClock returns a phone's clock as it goes on from a snapshot: with the
// host's, or stopped.
func phoneClock(d *app.Deps, snap authn.Snapshot, site authn.Site) func() time.Time {
	at := snap.Now
	for _, link := range snap.Links {
		if link.Site == site {
			at = at.Add(link.Skew)
		}
	}
	if snap.Clock.Frozen {
		return func() time.Time { return at }
	}
	start := d.Now()
	return func() time.Time { return at.Add(d.Now().Sub(start)) }
}

// set returns the number of the phone's valid set, or 0.
func (s *onShow) set() uint64 {
	if s.icon == nil || s.icon.Set == nil || s.icon.Set.Expired {
		return 0
	}
	return s.icon.Set.Number
}

// word words what remains when the card is closed, at that time.
func (s *onShow) word(rep *app.Report) {
	d, r := s.deps, s.shown
	rep.Outcome.At = s.now
	line := fmt.Sprintf("a PIN for %s at %s was shown", r.User, r.Workstation)
	typeIt := "type it in another terminal: `offauth workstation login " + r.Workstation + "`"
	rep.Hints = nil
	number := s.set()
	if number > 0 {
		r.Left, r.Of, r.ExpiresAt = s.icon.Set.Left, s.icon.Set.Of, s.icon.Set.ExpiresAt
	}
	stock := fmt.Sprintf("%d of %d left, expires %s", r.Left, r.Of, d.When(r.ExpiresAt, s.now))
	switch {
	case s.used:
		rep.Lines = []string{fmt.Sprintf("%s, and has been used (the simulator knows, a phone cannot: H20): %s", line, stock)}
	case s.lit:
		rep.Lines = []string{fmt.Sprintf("%s, and %s shows it until %s: %s", line, r.Phone, d.When(r.HiddenAt, s.now), stock)}
		rep.Hints = []string{typeIt,
			"or while it is visible: `offauth device unlock " + r.Workstation + " -q | offauth workstation login " +
				r.Workstation + " --stdin`",
			"for the next one: `offauth device unlock " + r.Workstation + " --next`"}
	case number == s.number:
		rep.Lines = []string{line + " and is hidden now: " + stock}
		rep.Hints = []string{typeIt}
	case number > 0:
		rep.Lines = []string{line + ", and the phone has taken a new set since: " + stock}
		rep.Hints = []string{"offauth device unlock " + r.Workstation}
	default:
		rep.Lines = []string{line + ", and its set is no longer good"}
		rep.Hints = []string{"offauth device tap " + r.Workstation}
	}
	rep.Notes = nil
}
