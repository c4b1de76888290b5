package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/oath"
)

// Standing is the position of an authenticator in the records of the side that
// judges its codes. It explains a refusal to helpdesk, and decides nothing.
type Standing struct {
	Serial string
	Type   Type
	// Step is the length of a time step; 0 for an event-based one.
	Step time.Duration
	// Drift is how far a time-based one is counted on to be off (O47).
	Drift time.Duration
	// Next is the lowest step or counter that is not used.
	Next uint64
	// Window is how many steps each side, or events after the last, are tried.
	Window int
}

// Reach returns how far off a time-based one may be.
func (s Standing) Reach() time.Duration { return time.Duration(s.Window) * s.Step }

// Standings returns those of a user's authenticators at the server.
func (s Server) Standings(name string) ([]Standing, error) {
	u, _, err := s.user(name)
	if err != nil {
		return nil, err
	}
	set, err := s.Settings()
	if err != nil {
		return nil, err
	}
	var all []Standing
	for _, serial := range u.Serials {
		a, _, _, err := s.authenticator(serial)
		if err != nil {
			return nil, err
		}
		all = append(all, standing(serial, a.Type, a.StepSeconds, a.Drift, a.Next, set.Window, set.EventWindow))
	}
	return all, nil
}

// Standings returns that of the authenticator of a user's data here, if there is
// data to judge by.
func (w Workstation) Standings(user string) ([]Standing, error) {
	d, _, _, err := w.data(user)
	if err != nil || !d.present() {
		return nil, err
	}
	c, err := w.policy()
	if err != nil {
		return nil, err
	}
	return []Standing{standing(d.Serial, d.Type, d.StepSeconds, d.Drift, d.Next, min(c.Window, int(d.Pad)),
		min(c.EventWindow, int(d.Pad)))}, nil
}

func standing(serial string, t Type, seconds int, drift int64, next uint64, steps, events int) Standing {
	s := Standing{Serial: serial, Type: t, Next: next, Window: events}
	if t == TimeBased {
		s.Step, s.Window = time.Duration(seconds)*time.Second, steps
		s.Drift = time.Duration(drift) * s.Step
	}
	return s
}

// Shows returns the serial of the Digipass on the phone, or "", and the step or
// counter of its next code.
func (p Phone) Shows() (serial string, next uint64, err error) {
	d, _, _, err := p.digipass()
	next = d.Counter
	if err == nil && d.Type == TimeBased {
		next = stepOf(p.Env.Now(), d.StepSeconds)
	}
	return d.Serial, next, err
}

// Findable reports whether the next two codes of an event-based authenticator are
// near enough for a resynchronisation (A4).
func (s Standing) Findable(next uint64) bool { return next+1 <= s.Next+oath.DefaultResync }

// Withheld returns the reason why the server makes no offline data for a user,
// and the commands that change that; both are empty if it makes data (O1, O3,
// O6).
func (s Server) Withheld(name string) (reason string, commands []string, err error) {
	u, _, err := s.user(name)
	if err != nil {
		return "", nil, err
	}
	set, err := s.Settings()
	if err != nil {
		return "", nil, err
	}
	own := u.Offline != nil && !*u.Offline
	switch reason = set.withheld(u); {
	case reason == "":
	case own && set.Backend != BackendAlways:
		commands = []string{KeyOffline.SetForCommand(name, "true"), KeyBackend.SetCommand(BackendAlways)}
	case own:
		commands = []string{KeyOffline.SetForCommand(name, "true")}
	case reason == ReasonBackend:
		commands = []string{KeyBackend.SetCommand(BackendAlways)}
	case set.Backend != BackendAlways:
		commands = []string{KeyOffline.SetCommand("true") + " " + string(KeyBackend) + "=" + BackendAlways}
	default:
		commands = []string{KeyOffline.SetCommand("true")}
	}
	return reason, commands, nil
}

// Pardoned reports whether the administrator has ended the lock of a user's data
// at a workstation, so that the next online logon brings new data (O38).
func (s Server) Pardoned(name string, w Workstation) (bool, error) {
	d, _, _, err := w.data(name)
	if err != nil || !d.Locked {
		return false, err
	}
	var o issuedData
	there, err := s.Shelf.Load(issuedName(name, w.Site.Name(), d.Serial), &o, nil)
	return !there || d.Lost < o.Since, err
}

// JudgedBy returns the side that refused a credential, by the Windows event of
// the refusal (O43).
func JudgedBy(r *authn.Refusal, workstation string) authn.Site {
	if r.Fields["windows_event"] == int64(windowsOnline) {
		return authn.SiteServer
	}
	return authn.Workstation(workstation)
}
