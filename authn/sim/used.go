package sim

import (
	"context"
	"errors"

	"github.com/offauth/offauth/authn"
)

// PINUsed reports whether an offline PIN has unlocked the workstation. The phone
// that shows it cannot know that (H20); a simulator can, and tells it beside
// what the phone says. It costs one KDF, counts no try and writes nothing.
func (w *World) PINUsed(ctx context.Context, ws, user string, pin authn.Secret) (used bool, err error) {
	slow := newSlowWork(w.cfg.Alone)
	for {
		err = w.cfg.Store.View(ctx, func(r authn.Reader) error {
			p, err := w.newPass(r, newTape(w.cfg.Rand), slow)
			if err == nil {
				err = p.catchUp()
			}
			if err == nil {
				used, err = p.workstation(ws).Used(user, pin)
			}
			return err
		})
		if !errors.Is(err, authn.ErrNotYet) {
			return used, err
		}
		if err := slow.do(ctx, w.cfg.Slow, nil); err != nil {
			return false, err
		}
	}
}
