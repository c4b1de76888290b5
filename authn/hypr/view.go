package hypr

import (
	"strings"

	"github.com/offauth/offauth/authn"
)

// View returns the computers that the phone knows, by name.
func (p Phone) View() ([]authn.ComputerView, error) {
	on, pin, visible, err := p.shown()
	if err != nil {
		return nil, err
	}
	views := []authn.ComputerView{}
	err = p.eachComputer(func(c *computer) error {
		if len(c.Pairing) == 0 {
			return nil
		}
		v := authn.ComputerView{
			Workstation: c.ws, Primed: c.Primed, PairedAgain: c.Before && !c.Primed, OfflineMode: c.Offline == offlineOn,
			NoOfflineMode: c.offlineStatus.code(), Why: c.offlineStatus.why(), Passkey: c.Passkey,
			Offer: c.Offer, Waiting: c.pending(),
		}
		if c.Set != nil {
			v.Set = &authn.PINSetView{
				Number: c.Set.Number, Left: c.Set.Left, Of: c.Set.Of, IssuedAt: c.Set.Issued, ExpiresAt: c.Set.Expires,
				Expired: c.Set.Expired, Phone: p.Site.Name(), Low: c.Set.Settings.low(c.Set.Left, c.Set.Of),
			}
		}
		if visible && on.Workstation == c.ws {
			v.Shown = &authn.ShownPIN{PIN: authn.NewSecret(pin.PIN), ShownAt: on.Since, HiddenAt: on.Until}
		}
		views = append(views, v)
		return nil
	})
	return views, err
}

// Notice returns the message on the main screen of a phone without internet, if
// it knows a computer (H16).
func (p Phone) Notice() (string, error) {
	names, err := p.Shelf.Names(computers)
	if err != nil || p.Uplink() != authn.Down || len(names) == 0 {
		return "", err
	}
	return shownNotice, nil
}

// View fills in the workstation's screen and accounts, of one user or of all.
func (w Workstation) View(v *authn.WorkstationView, user string) error {
	d, err := w.session()
	if err != nil {
		return err
	}
	v.Locked, v.User, v.Mode = !d.Unlocked, d.User, d.Mode
	names, err := w.Shelf.Names(accounts)
	if err != nil {
		return err
	}
	for _, name := range names {
		of := strings.TrimPrefix(name, accounts)
		if user != "" && user != of {
			continue
		}
		var acc accountRecord
		if _, err := w.Shelf.Load(name, &acc, nil); err != nil {
			return err
		}
		held, err := w.userSets(of)
		if err != nil {
			return err
		}
		a := authn.AccountView{User: of, Failures: acc.Failures, Lockout: acc.Lockout, LockedOut: acc.lockedOut(),
			LockedUntil: acc.Until}
		for _, s := range held {
			p, err := w.pairing(s.triple)
			if err != nil {
				return err
			}
			a.Sets = append(a.Sets, authn.PINSetView{
				Number: s.Number, Left: s.Unused, Of: s.Of, IssuedAt: s.Issued, ExpiresAt: s.Expires,
				Expired: s.Expired, Phone: s.triple.Phone, Confirmed: s.Confirmed, PairedAgain: len(p.Next) > 0,
			})
		}
		v.Accounts = append(v.Accounts, a)
	}
	return nil
}
