package sim

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

func (p *pass) onespanPhone(name string) onespan.Phone {
	return onespan.Phone{Host: p.host(authn.Phone(name))}
}

func (p *pass) onespanWorkstation(name string) onespan.Workstation {
	return onespan.Workstation{Host: p.host(authn.Workstation(name))}
}

func (p *pass) onespanServer() onespan.Server { return onespan.Server{Host: p.host(authn.SiteServer)} }

// receiveOneSpan hands a message of the family to the site that it is for.
func (p *pass) receiveOneSpan(m authn.Message) error {
	switch m.To.Role() {
	case authn.RolePhone:
		return p.onespanPhone(m.To.Name()).Receive(m)
	case authn.RoleWorkstation:
		return p.onespanWorkstation(m.To.Name()).Receive(m)
	}
	return p.onespanServer().Receive(m)
}

// computerOf reports whether there is a workstation of that name, and whether it
// runs that product.
func (p *pass) computerOf(name string, family authn.FamilyName) error {
	rec, err := p.computer(name)
	if err != nil {
		return err
	}
	if rec.Family != family {
		f := badArgument(fmt.Sprintf("%s runs the client of %s, and this is done at one of %s", name, rec.Family, family))
		f.Hints = []string{"offauth workstation list"}
		return f
	}
	return nil
}

// actOneSpan does the Actions of the family onespan; done is false for others.
func (p *pass) actOneSpan(a authn.Action) (result any, done bool, err error) {
	switch a := a.(type) {
	case onespan.OTP:
		result, err = p.otp(a)
	case onespan.Logon:
		result, err = p.logon(a)
	case onespan.Update:
		result, err = p.trayUpdate(a)
	case onespan.Assign:
		result, err = p.assign(a)
	case onespan.Resync:
		if _, err = p.device(a.Phone); err == nil {
			result, err = p.onespanServer().Resync(a)
		}
	case onespan.SetPassword:
		if err = p.userExists(a.User); err == nil {
			err = p.onespanServer().SetPassword(a)
		}
	case onespan.SetPIN:
		if err = p.userExists(a.User); err == nil {
			err = p.onespanServer().SetPIN(a)
		}
	case onespan.ResetPIN:
		if err = p.userExists(a.User); err == nil {
			result, err = p.onespanServer().ResetPIN(a)
		}
	case onespan.DeleteData:
		result, err = p.deleteData(a)
	default:
		return nil, false, nil
	}
	return result, true, err
}

// otp shows a one-time password. The phone's own clock may be off; the result
// tells the world's time.
func (p *pass) otp(a onespan.OTP) (onespan.OTPResult, error) {
	rec, err := p.device(a.Phone)
	if err != nil {
		return onespan.OTPResult{}, err
	}
	r, err := p.onespanPhone(a.Phone).OTP(rec.User)
	if !r.Until.IsZero() {
		r.Until = r.Until.Add(-p.net.skew(authn.Phone(a.Phone)))
	}
	return r, err
}

func (p *pass) logon(a onespan.Logon) (onespan.LogonResult, error) {
	if err := p.userAndComputer(a.User, a.Workstation); err != nil {
		return onespan.LogonResult{}, err
	}
	ws := p.onespanWorkstation(a.Workstation)
	if err := p.steps(func() error { return ws.Logon(a.User, a.Password) }); err != nil {
		return onespan.LogonResult{}, err
	}
	r, err := ws.LoggedOn(a.User, a.Password)
	p.shiftAll(-p.net.skew(authn.SiteServer), &r.ExpiresAt, &r.DueAt)
	return r, err
}

func (p *pass) trayUpdate(a onespan.Update) (onespan.UpdateResult, error) {
	if err := p.userAndComputer(a.User, a.Workstation); err != nil {
		return onespan.UpdateResult{}, err
	}
	ws := p.onespanWorkstation(a.Workstation)
	if err := p.steps(func() error { return ws.Update(a.User, a.Password) }); err != nil {
		return onespan.UpdateResult{}, err
	}
	r, err := ws.Updated(a.User)
	p.shiftAll(-p.net.skew(authn.SiteServer), &r.ExpiresAt, &r.DueAt)
	return r, err
}

func (p *pass) userAndComputer(user, workstation string) error {
	if err := p.computerOf(workstation, authn.FamilyOneSpan); err != nil {
		return err
	}
	return p.userExists(user)
}

func (p *pass) assign(a onespan.Assign) (onespan.AssignResult, error) {
	rec, err := p.device(a.Phone)
	if err != nil {
		return onespan.AssignResult{}, err
	}
	if rec.ReplacedBy != "" {
		fault := badArgument("phone " + quote(a.Phone) + " was replaced by " + rec.ReplacedBy)
		fault.Hints = []string{"offauth admin authenticator assign " + rec.ReplacedBy + " --type " + string(a.Type)}
		return onespan.AssignResult{}, fault
	}
	phone, server := p.onespanPhone(a.Phone), p.onespanServer()
	err = p.steps(
		func() error { return server.Assign(rec.User, a) },
		phone.Activate,
	)
	if err != nil {
		return onespan.AssignResult{}, err
	}
	fetched, err := phone.Activated()
	if err != nil {
		return onespan.AssignResult{}, err
	}
	return server.Assigned(a.Phone, fetched)
}

func (p *pass) deleteData(a onespan.DeleteData) (onespan.DeleteDataResult, error) {
	if err := p.userExists(a.User); err != nil {
		return onespan.DeleteDataResult{}, err
	}
	if a.Workstation != "" {
		if err := p.computerOf(a.Workstation, authn.FamilyOneSpan); err != nil {
			return onespan.DeleteDataResult{}, err
		}
	}
	return p.onespanServer().DeleteData(a)
}
