package encap

import (
	"sort"
	"strings"

	"github.com/offauth/offauth/authn"
)

// View shows what the phone has of the family, or nil. Times are on the
// phone's own clock.
func (p Phone) View() (*authn.EncapView, error) {
	r, _, registered, err := p.registration()
	if err != nil {
		return nil, err
	}
	var b biometrics
	if _, err := p.Shelf.Load(recordBiometrics, &b, nil); err != nil {
		return nil, err
	}
	if !registered && b == (biometrics{}) {
		return nil, nil
	}
	v := &authn.EncapView{Registration: r.ID, BiometricFailures: b.Failures, BiometricsLocked: b.Locked}
	for _, m := range r.Methods {
		v.Methods = append(v.Methods, string(m))
	}
	o, open, err := p.operation()
	if err == nil && open {
		v.Operation = &authn.OperationView{
			Session: o.Session, Provider: o.Provider, Method: string(o.Method),
			Title: authn.Visible(o.Title), Content: authn.Visible(o.Content), MIME: o.MIME, Since: o.Since, Until: o.Until,
		}
	}
	return v, err
}

// Methods returns those that the phone has; none if it is not activated.
func (p Phone) Methods() ([]Method, error) {
	r, _, _, err := p.registration()
	return r.Methods, err
}

// Sessions shows those that a provider started, for one user or for all, the
// oldest first. Times are on the server's own clock.
func (s Server) Sessions(provider, user string) ([]authn.SessionView, error) {
	names, err := s.Shelf.Names(sessions)
	if err != nil {
		return nil, err
	}
	type numbered struct {
		view   authn.SessionView
		number uint64
	}
	found := []numbered{}
	for _, name := range names {
		var o session
		if _, err := s.Shelf.Load(name, &o, nil); err != nil {
			return nil, err
		}
		if o.Provider != provider || user != "" && o.User != user {
			continue
		}
		found = append(found, numbered{number: o.Number, view: authn.SessionView{
			ID: strings.TrimPrefix(name, sessions), User: o.User, Phone: o.Phone, Method: string(o.Method),
			Title: authn.Visible(o.Title), Content: authn.Visible(o.Content), MIME: o.MIME, State: o.State, StartedAt: o.Started,
			ExpiresAt: o.Expires,
		}})
	}
	sort.Slice(found, func(i, j int) bool { return found[i].number < found[j].number })
	var views []authn.SessionView
	for _, f := range found {
		views = append(views, f.view)
	}
	return views, nil
}

// Activated reports whether a phone has a registration at the server.
func (s Server) Activated(phone string) (bool, error) {
	d, _, err := s.device(phone)
	return d.registrationID() != "", err
}
