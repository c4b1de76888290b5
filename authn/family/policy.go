package family

import "github.com/offauth/offauth/authn"

// Policy is the settings of a family. The zero Policy has none.
type Policy struct {
	// Defaults returns the settings of a new server, and Judge reports whether
	// one would take these changes: a *authn.Refusal where the product accepts
	// no such value, a *authn.Fault where it is none at all.
	Defaults func() []authn.SettingView
	Judge    func([]authn.Setting) error
	// View returns the settings as they are. Change judges changes and, if it
	// shall keep them, stores them; it returns the settings as they are then.
	View   func(Sites) ([]authn.SettingView, error)
	Change func(s Sites, changes []authn.Setting, keep bool) ([]authn.SettingView, error)
	// OfUser gives a user settings of the user's own; nil where the family has
	// no such settings.
	OfUser func(s Sites, user string, changes []authn.Setting) error
}

// PolicyOf returns the Policy of a family whose settings are an S, which a new
// server has as they are in fresh.
func PolicyOf[S settings[S], V keeper[S]](fresh S, server func(Sites) V) Policy {
	return Policy{
		Defaults: fresh.View,
		Judge:    func(changes []authn.Setting) error { _, err := fresh.With(changes); return err },
		View: func(s Sites) ([]authn.SettingView, error) {
			now, err := server(s).Settings()
			return now.View(), err
		},
		Change: func(s Sites, changes []authn.Setting, keep bool) ([]authn.SettingView, error) {
			now, err := server(s).Settings()
			if err != nil {
				return nil, err
			}
			changed, err := now.With(changes)
			if err == nil && keep {
				_, err = server(s).Set(changes)
			}
			return changed.View(), err
		},
	}
}

// settings can be shown, and changed all or none.
type settings[S any] interface {
	View() []authn.SettingView
	With([]authn.Setting) (S, error)
}

// keeper is the server that keeps them.
type keeper[S any] interface {
	Settings() (S, error)
	Set([]authn.Setting) (S, error)
}

// ByFamily sorts settings by the family that their keys begin with. A key of no
// family is a Fault.
func ByFamily(families []Family, changes []authn.Setting) (map[authn.FamilyName][]authn.Setting, error) {
	of := map[authn.FamilyName][]authn.Setting{}
	for _, f := range families {
		if f.Policy.Judge != nil {
			of[f.Name] = nil
		}
	}
	for _, s := range changes {
		name, _ := s.Key.Cut()
		if _, ok := of[name]; !ok {
			return nil, authn.NoSuchSetting(s.Key)
		}
		of[name] = append(of[name], s)
	}
	return of, nil
}
