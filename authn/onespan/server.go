package onespan

import (
	"bytes"
	"slices"

	"github.com/offauth/offauth/authn"
)

// Server is OneSpan's Authentication Server: it knows users, authenticators
// and workstations, judges credentials, and makes offline data.
type Server struct{ authn.Host }

const (
	recordCount    = "onespan/count"
	users          = "onespan/user/"
	authenticators = "onespan/authenticator/" // by serial
	holders        = "onespan/phone/"         // by phone
	clients        = "onespan/client/"        // by workstation
	firstRecords   = "onespan/first/"         // by WORKSTATION/USER
	issuedRecords  = "onespan/oad/"           // by USER/WORKSTATION/SERIAL
)

// count has the last numbers of authenticators and data. A number is never used
// again (O38).
type count struct {
	Serials uint64 `json:"serials"`
	Data    uint64 `json:"data"`
}

// user is the server's record of a user; its secret half is userSecret.
type user struct {
	// Serials are the user's authenticators, the oldest first.
	Serials []string `json:"serials,omitempty"`
	// Offline is the user's own setting, nil for the policy's (O6).
	Offline *bool `json:"offline,omitempty"`
	// Failures are the wrong online logons in a row; Locked is true if
	// they locked the user (O44).
	Failures int  `json:"failures,omitempty"`
	Locked   bool `json:"locked,omitempty"`
	// Forced is true if the server PIN must be changed.
	Forced bool `json:"forced,omitempty"`
}

type userSecret struct {
	Password string  `json:"password,omitempty"`
	PIN      pinHash `json:"pin"`
	PINLen   int     `json:"pin_len,omitempty"`
}

// client is the server's record of a workstation.
type client struct {
	Sign []byte `json:"sign"`
	Box  []byte `json:"box"`
	// Counter is that of its last request. While it is 0 the answer to its
	// joining may have been lost, and it may join with other keys.
	Counter uint64 `json:"counter"`
}

// Settings returns the policy.
func (s Server) Settings() (Settings, error) {
	return authn.LoadPolicy(s.Shelf, recordPolicy, DefaultSettings())
}

// Set changes settings: all of them, or none.
func (s Server) Set(changes []authn.Setting) (Settings, error) {
	return authn.KeepPolicy(s.Shelf, recordPolicy, DefaultSettings(), table(), changes)
}

// keys returns the server's own keys, made when they are first needed.
func (s Server) keys() (authn.SiteKeys, error) { return s.OwnKeys(recordKeys, "onespan.keys") }

// nextNumber increments and returns one of the counts.
func (s Server) nextNumber(which func(*count) *uint64) (uint64, error) {
	var c count
	if _, err := s.Shelf.Load(recordCount, &c, nil); err != nil {
		return 0, err
	}
	n := which(&c)
	*n++
	return *n, s.Shelf.Save(recordCount, c, nil)
}

// Receive takes a message that reached the server.
func (s Server) Receive(m authn.Message) error {
	return s.Dispatch(m, map[string]func(authn.Message) error{
		msgJoin:     decoded(s.join),
		msgActivate: decoded(s.activate),
		msgLogon:    decoded(s.logon),
	})
}

// join takes a workstation's keys. Until it has asked for something the answer
// may have been lost, and it may join with other keys.
func (s Server) join(m authn.Message, j *join) error {
	switch {
	case !authn.SignedBy(m.Body, j.Sign) || m.From != authn.Workstation(j.Name) || authn.CheckName(j.Name) != nil:
		return authn.NotAuthentic
	}
	if _, err := authn.SealTo(j.Box, nil, nil); err != nil { // nothing could be sealed to it
		return authn.BadKeyOrName
	}
	c, there, err := s.client(j.Name)
	if err != nil {
		return err
	}
	if there && (c.Counter > 0 || bytes.Equal(c.Sign, j.Sign)) {
		return authn.Replayed
	}
	if err := s.Shelf.Save(clients+j.Name, client{Sign: j.Sign, Box: j.Box}, nil); err != nil {
		return err
	}
	k, err := s.keys()
	if err != nil {
		return err
	}
	box, err := k.BoxPublic()
	if err != nil {
		return err
	}
	answer := joined{join{Name: j.Name, Sign: k.SignPublic(), Box: box}}
	s.Send(m.From, msgJoined, encode(msgJoined, &answer, k.Signer()))
	return nil
}

func (s Server) client(name string) (c client, there bool, err error) {
	there, err = s.Shelf.Load(clients+name, &c, nil)
	return c, there, err
}

func (s Server) user(name string) (u user, secret userSecret, err error) {
	_, err = s.Shelf.Load(users+name, &u, &secret)
	return u, secret, err
}

func (s Server) saveUser(name string, u user, secret userSecret) error {
	return s.Shelf.Save(users+name, u, secret)
}

// SetUser sets a user's own settings; only KeyOffline can be one (O6).
func (s Server) SetUser(name string, changes []authn.Setting) error {
	u, secret, err := s.user(name)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.Key != KeyOffline {
			return authn.BadArgument("a user can have of his own only "+string(KeyOffline),
				KeyOffline.SetForCommand(name, "true"))
		}
		u.Offline = nil
		if c.Value == "default" {
			continue
		}
		u.Offline = new(bool)
		if err := authn.ReadFlag(u.Offline, c.Value); err != nil {
			return authn.BadArgument(string(c.Key) + "=" + authn.Plain(c.Value) + ": want true, false or default")
		}
	}
	return s.saveUser(name, u, secret)
}

// SetPassword sets a user's static password (O27).
func (s Server) SetPassword(a SetPassword) error {
	password := revealed(a.Password)
	if password == "" || len(password) > maxPassword {
		return authn.BadArgument("a static password has 1 to 127 bytes")
	}
	u, secret, err := s.user(a.User)
	if err != nil {
		return err
	}
	secret.Password = password
	s.Happened(EventStaticPasswordSet, a.User, "O27", nil)
	return s.saveUser(a.User, u, secret)
}

// SetPIN sets a user's server PIN, under the rules of a new one (O29, O30).
func (s Server) SetPIN(a SetPIN) error {
	set, err := s.Settings()
	if err != nil {
		return err
	}
	pin := revealed(a.PIN)
	if v := checkNewPIN(pin, pin, set.PINLength); !v.ok() {
		return v.refusal(s.Site, about{User: a.User}, true, 0)
	}
	u, secret, err := s.user(a.User)
	if err != nil {
		return err
	}
	u.Forced = a.Change
	return s.newPIN(a.User, u, secret, pin, "admin")
}

// newPIN saves a server PIN.
func (s Server) newPIN(name string, u user, secret userSecret, pin, by string) (err error) {
	if secret.PIN, err = newPINHash(s.Env, pin); err != nil {
		return err
	}
	secret.PINLen = len(pin)
	s.Happened(EventServerPINSet, name, "O28", map[string]any{"by": by})
	return s.saveUser(name, u, secret)
}

// ResetPIN removes a user's server PIN (O28).
func (s Server) ResetPIN(a ResetPIN) (ResetPINResult, error) {
	u, secret, err := s.user(a.User)
	if err != nil {
		return ResetPINResult{}, err
	}
	r := ResetPINResult{User: a.User, Had: secret.PINLen > 0}
	u.Forced, secret.PIN, secret.PINLen = false, pinHash{}, 0
	s.Happened(EventServerPINReset, a.User, "O28", map[string]any{"had": r.Had})
	return r, s.saveUser(a.User, u, secret)
}

// UnlockUser ends a user's lock at the server (E35, O44).
func (s Server) UnlockUser(name string) error {
	u, secret, err := s.user(name)
	if err != nil || u.Failures == 0 && !u.Locked {
		return err
	}
	s.Happened(EventUserReleased, name, "O44", map[string]any{"failures": int64(u.Failures)})
	u.Failures, u.Locked = 0, false
	return s.saveUser(name, u, secret)
}

// without returns a list without one of its words.
func without(list []string, word string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(w string) bool { return w == word })
}
