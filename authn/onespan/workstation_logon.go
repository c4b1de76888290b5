package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// Logon types a credential at the lock screen. The server is asked first, if
// the uplink is up; LoggedOn ends it, and judges offline if no answer came (O14).
func (w Workstation) Logon(user string, password authn.Secret) error {
	d, err := w.desk()
	if err != nil {
		return err
	}
	if d.Unlocked {
		return w.refuse(notLocked, user, 0)
	}
	return w.askServer(user, password, false)
}

// Update is the Tray Agent's update; Updated ends it. It is refused before
// anything is sent without a Tray Agent (O56), while nothing is typed (O13),
// the data is locked (O37), or there is none (O7, O12).
func (w Workstation) Update(user string, password authn.Secret) error {
	switch self, _, err := w.self(); {
	case err != nil:
		return err
	case self.NoTray:
		return TrayAgentMissing(w.Site.Name(), user)
	}
	if password.Empty() {
		return w.refuse(emptyPassword, user, 0)
	}
	d, _, there, err := w.data(user)
	switch {
	case err != nil:
		return err
	case !there:
		return w.refuse(noData, user, 0)
	case d.Locked:
		return w.refuse(dataLockedTray, user, 0)
	case d.Number == 0:
		return w.refuse(noDataLeft, user, 0)
	}
	return w.askServer(user, password, true)
}

// refuse returns a refusal by the workstation.
func (w Workstation) refuse(v verdict, user string, windows int64) error {
	return w.refuseAbout(v, about{User: user}, windows)
}

func (w Workstation) refuseAbout(v verdict, a about, windows int64) error {
	c, err := w.policy()
	if err != nil {
		return err
	}
	a.Workstation = w.Site.Name()
	a.Offline = windows == windowsOffline || windows == windowsOfflineLocked
	a.Wanted = c.wanted(a.Offline)
	r := v.refusal(w.Site, a, c.Specific, windows)
	self, _, err := w.self()
	if err != nil {
		return err
	}
	if self.NoTray {
		r.Hints = withoutTray(r.Hints)
	}
	return r
}

// askServer sends the credential and the state of the data here to the server
// (O21). Without an uplink it sends nothing.
func (w Workstation) askServer(user string, password authn.Secret, update bool) error {
	d, err := w.desk()
	if err != nil {
		return err
	}
	d.Counter++
	if err := w.Shelf.Save(recordDesk, d, nil); err != nil {
		return err
	}
	a := requestID{Workstation: w.Site.Name(), User: user, Counter: d.Counter}
	if err := w.Shelf.Save(recordRequest, request{requestID: a}, nil); err != nil {
		return err
	}
	self, k, err := w.self()
	if err != nil || w.Uplink() == authn.Down {
		return err
	}
	held, _, _, err := w.data(user)
	if err != nil {
		return err
	}
	credential := revealed(password)
	sealed, err := authn.SealTo(self.ServerBox, []byte(credential[:min(len(credential), maxCredential+1)]),
		a.sealBound("credential"))
	if err != nil {
		return err
	}
	others, err := w.otherStates(user)
	if err != nil {
		return err
	}
	m := logon{requestID: a, Update: update, State: held.state(), Others: others, Sealed: sealed}
	w.Send(authn.SiteServer, msgLogon, encode(msgLogon, &m, k.Signer()))
	return nil
}

// finished returns the request that was under way, and deletes its record.
func finished(w Workstation) (request, error) {
	n, err := w.request()
	if err != nil {
		return n, err
	}
	return n, w.Shelf.Remove(recordRequest)
}

// LoggedOn ends a Logon.
func (w Workstation) LoggedOn(user string, password authn.Secret) (LogonResult, error) {
	n, err := finished(w)
	if err != nil {
		return LogonResult{}, err
	}
	mode := ModeOnline
	switch {
	case n.Verdict == nil:
		mode = ModeOffline
		if err := w.judge(user, revealed(password)); err != nil {
			return LogonResult{}, err
		}
	case !n.Verdict.ok():
		return LogonResult{},
			w.refuseAbout(*n.Verdict, about{User: user, Skew: time.Duration(n.Skew) * time.Second}, windowsOnline)
	}
	d, err := w.desk()
	if err != nil {
		return LogonResult{}, err
	}
	d.Unlocked, d.User, d.Mode = true, user, mode
	if err := w.Shelf.Save(recordDesk, d, nil); err != nil {
		return LogonResult{}, err
	}
	fields := map[string]any{"mode": mode}
	left, _, _, err := w.data(user)
	if err != nil {
		return LogonResult{}, err
	}
	if left.present() && left.Type == EventBased {
		fields["left"] = int64(left.uses())
	}
	w.Happened(EventUnlocked, w.subject(user), "O14", fields)
	t, err := w.outcome(user, n, left)
	return LogonResult{
		Workstation: w.Site.Name(), User: user, Mode: mode, Unlocked: true, PINChanged: t.PINChanged,
		Data: t.Data, Reason: t.Reason, Type: t.Type, ExpiresAt: t.ExpiresAt, DueAt: t.DueAt, Left: t.Left,
		Expiring: t.Expiring,
	}, err
}

// Updated ends an Update.
func (w Workstation) Updated(user string) (UpdateResult, error) {
	n, err := finished(w)
	if err != nil {
		return UpdateResult{}, err
	}
	switch {
	case n.Verdict == nil:
		return UpdateResult{}, w.refuse(unreachable, user, windowsNoServer)
	case !n.Verdict.ok():
		return UpdateResult{},
			w.refuseAbout(*n.Verdict, about{User: user, Skew: time.Duration(n.Skew) * time.Second}, windowsOnline)
	}
	switch n.Reason {
	case ReasonDisabled:
		return UpdateResult{}, w.refuse(disabled, user, 0)
	case ReasonBackend:
		return UpdateResult{}, w.refuse(backendOff, user, 0)
	case ReasonOther, ReasonTaken:
		return UpdateResult{}, w.refuse(otherOne, user, 0)
	}
	d, _, _, err := w.data(user)
	if err != nil {
		return UpdateResult{}, err
	}
	if n.Fate == fateNotDue {
		w.Happened(EventDataNotDue, w.subject(user), "O10", map[string]any{"due_at": d.due().UTC().Format(time.RFC3339Nano)})
	}
	return w.outcome(user, n, d)
}
