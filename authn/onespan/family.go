package onespan

import (
	"strconv"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// Family is OneSpan's offline logon: one-time passwords, and data made ahead of
// them.
func Family() family.Family {
	policy := family.PolicyOf(DefaultSettings(), serverOf)
	policy.OfUser = func(s family.Sites, user string, changes []authn.Setting) error {
		return serverOf(s).SetUser(user, changes)
	}
	return family.Family{
		Name: authn.FamilyOneSpan, Rules: "O", Days: KeyWindowDays,
		Sample: family.Sample{Description: sampleDescription, Text: sampleText},
		Verbs:  verbs(), Codes: Codes(), Kinds: Kinds(), Leaves: leaves(),
		Messages: MessageKinds(), Timers: []string{timerExpire, timerRemind},
		Policy: policy,
		Enrolments: map[authn.Role]family.Enrolment{
			authn.RoleWorkstation: {Ask: joinWorkstation, Answered: workstationJoined, Rule: "O12"},
		},
		Tray: true,
		Act:  act, Receive: receive, Fire: fire, Advise: advise,
		View: family.View{User: viewUser, Phone: viewPhone, Workstation: viewWorkstation},
		On: family.On{
			Lock:      func(s family.Sites, ws string) (authn.LockResult, error) { return workstationOf(s, ws).Lock() },
			Unlock:    func(s family.Sites, user string) ([]string, error) { return nil, serverOf(s).UnlockUser(user) },
			Revoke:    func(s family.Sites, phone string) ([]string, error) { return nil, serverOf(s).Revoke(phone) },
			Restarted: restarted, RolledBack: rolledBack,
		},
	}
}

func phoneOf(s family.Sites, name string) Phone { return Phone{Host: s.Host(authn.Phone(name))} }

func workstationOf(s family.Sites, name string) Workstation {
	return Workstation{Host: s.Host(authn.Workstation(name))}
}

func serverOf(s family.Sites) Server { return Server{Host: s.Host(authn.SiteServer)} }

func joinWorkstation(s family.Sites, d family.Device, a authn.Action) error {
	add, _ := a.(authn.AddWorkstation)
	return workstationOf(s, d.Site.Name()).Join(add.NoTray)
}

func workstationJoined(s family.Sites, d family.Device) (bool, error) {
	return workstationOf(s, d.Site.Name()).Joined()
}

func receive(s family.Sites, m authn.Message) error {
	switch m.To.Role() {
	case authn.RolePhone:
		return phoneOf(s, m.To.Name()).Receive(m)
	case authn.RoleWorkstation:
		return workstationOf(s, m.To.Name()).Receive(m)
	}
	return serverOf(s).Receive(m)
}

func fire(s family.Sites, t authn.Timer) error { return workstationOf(s, t.Site.Name()).Fire(t) }

// act does an Action of the family.
func act(s family.Sites, a authn.Action) (result any, pending *authn.Pending, err error) {
	switch a := a.(type) {
	case OTP:
		result, err = doOTP(s, a)
	case Logon:
		result, err = doLogon(s, a)
	case Update:
		result, err = doUpdate(s, a)
	case Assign:
		result, err = doAssign(s, a)
	case Resync:
		if _, err = s.Device(authn.Phone(a.Phone)); err == nil {
			result, err = serverOf(s).Resync(a)
		}
	case SetPassword:
		if err = s.User(a.User); err == nil {
			err = serverOf(s).SetPassword(a)
		}
	case SetPIN:
		if err = s.User(a.User); err == nil {
			err = serverOf(s).SetPIN(a)
		}
	case ResetPIN:
		if err = s.User(a.User); err == nil {
			result, err = serverOf(s).ResetPIN(a)
		}
	case DeleteData:
		result, err = doDeleteData(s, a)
	}
	return result, nil, err
}

// doOTP shows a one-time password. The phone's own clock may be off; the result
// tells the world's time.
func doOTP(s family.Sites, a OTP) (OTPResult, error) {
	rec, err := s.Device(authn.Phone(a.Phone))
	if err != nil {
		return OTPResult{}, err
	}
	r, err := phoneOf(s, a.Phone).OTP(rec.User)
	family.WorldTime(s, authn.Phone(a.Phone), &r.Until)
	return r, err
}

func doLogon(s family.Sites, a Logon) (LogonResult, error) {
	if err := userAndComputer(s, a.User, a.Workstation); err != nil {
		return LogonResult{}, err
	}
	ws := workstationOf(s, a.Workstation)
	if err := family.Steps(s, func() error { return ws.Logon(a.User, a.Password) }); err != nil {
		return LogonResult{}, err
	}
	r, err := ws.LoggedOn(a.User, a.Password)
	family.WorldTime(s, authn.SiteServer, &r.ExpiresAt, &r.DueAt)
	return r, err
}

func doUpdate(s family.Sites, a Update) (UpdateResult, error) {
	if err := userAndComputer(s, a.User, a.Workstation); err != nil {
		return UpdateResult{}, err
	}
	ws := workstationOf(s, a.Workstation)
	if err := family.Steps(s, func() error { return ws.Update(a.User, a.Password) }); err != nil {
		return UpdateResult{}, err
	}
	r, err := ws.Updated(a.User)
	family.WorldTime(s, authn.SiteServer, &r.ExpiresAt, &r.DueAt)
	return r, err
}

func userAndComputer(s family.Sites, user, workstation string) error {
	if err := family.WorkstationOf(s, workstation, authn.FamilyOneSpan); err != nil {
		return err
	}
	return s.User(user)
}

func doAssign(s family.Sites, a Assign) (AssignResult, error) {
	rec, err := s.Device(authn.Phone(a.Phone))
	if err != nil {
		return AssignResult{}, err
	}
	if rec.ReplacedBy != "" {
		fault := authn.BadArgument("phone " + strconv.Quote(a.Phone) + " was replaced by " + rec.ReplacedBy)
		fault.Hints = []string{"offauth admin authenticator assign " + rec.ReplacedBy + " --type " + string(a.Type)}
		return AssignResult{}, fault
	}
	phone, server := phoneOf(s, a.Phone), serverOf(s)
	err = family.Steps(s,
		func() error { return server.Assign(rec.User, a) },
		phone.Activate,
	)
	if err != nil {
		return AssignResult{}, err
	}
	fetched, err := phone.Activated()
	if err != nil {
		return AssignResult{}, err
	}
	return server.Assigned(a.Phone, fetched)
}

func doDeleteData(s family.Sites, a DeleteData) (DeleteDataResult, error) {
	if err := s.User(a.User); err != nil {
		return DeleteDataResult{}, err
	}
	if a.Workstation != "" {
		if err := family.WorkstationOf(s, a.Workstation, authn.FamilyOneSpan); err != nil {
			return DeleteDataResult{}, err
		}
	}
	return serverOf(s).DeleteData(a)
}

func restarted(s family.Sites, site authn.Site) (r family.Restarted, err error) {
	if site.Role() == authn.RoleWorkstation {
		r.Already, err = workstationOf(s, site.Name()).Restart()
	}
	return r, err
}

// rolledBack deletes the offline data of a workstation, and what the server has
// of it for each user.
func rolledBack(s family.Sites, site authn.Site) error {
	switch site.Role() {
	case authn.RoleWorkstation:
		return workstationOf(s, site.Name()).Forget("rolled_back", "A14")
	case authn.RoleServer:
		users, err := s.Users()
		for _, user := range users {
			if err := serverOf(s).Forget(user, "rolled_back", "A14"); err != nil {
				return err
			}
		}
		return err
	}
	return nil
}

// viewUser shows what the server has of a user, in the world's time.
func viewUser(s family.Sites, v *authn.UserView) (err error) {
	if v.OneSpan, err = serverOf(s).View(v.Name); v.OneSpan == nil {
		return err
	}
	for i := range v.OneSpan.Data {
		family.WorldTime(s, authn.SiteServer, &v.OneSpan.Data[i].IssuedAt, &v.OneSpan.Data[i].ExpiresAt)
	}
	return err
}

func viewPhone(s family.Sites, v *authn.PhoneView) (err error) {
	v.Digipass, err = phoneOf(s, v.Name).View()
	return err
}

// viewWorkstation shows a workstation of the family. When data was made, until
// when it is good and when it is due the server told, by its clock. Where the
// workstation's is another, it ends the data earlier or later.
func viewWorkstation(s family.Sites, v *authn.WorkstationView, user string) error {
	set, err := serverOf(s).Settings()
	if err != nil {
		return err
	}
	v.Online = set.Credentials()
	err = workstationOf(s, v.Name).View(v, user)
	for i := range v.Data {
		d := &v.Data[i]
		family.WorldTime(s, authn.SiteServer, &d.IssuedAt, &d.DueAt, &d.ExpiresAt)
		if d.Present && !d.DueAt.IsZero() {
			d.Due = !s.Now().Before(d.DueAt)
		}
		if err == nil {
			d.Pardoned, err = serverOf(s).Pardoned(d.User, workstationOf(s, v.Name))
		}
		if err == nil {
			d.Withheld.Reason, d.Withheld.Commands, err = serverOf(s).Withheld(d.User)
		}
	}
	return err
}
