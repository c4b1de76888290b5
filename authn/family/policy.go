package family

import "github.com/offauth/offauth/authn"

// Policy has the settings of a family. The zero Policy has none.
type Policy struct {
	// Defaults returns the settings of a new server. Judge checks changes to
	// them: it returns a *authn.Refusal for a value that the product does not
	// accept, a *authn.Fault for an invalid one.
	Defaults func() []authn.SettingView
	Judge    func([]authn.Setting) error
	// View returns the current settings. Change checks changes, stores them if
	// told to, and returns the settings with the changes.
	View   func(Sites) ([]authn.SettingView, error)
	Change func(s Sites, changes []authn.Setting, keep bool) ([]authn.SettingView, error)
	// OfUser sets a user's own settings; it is nil if the family has none.
	OfUser func(s Sites, user string, changes []authn.Setting) error
}

// PolicyOf returns the Policy of a family with settings of type S. A new server
// has the settings fresh.
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

// settings is the interface of a family's settings.
type settings[S any] interface {
	View() []authn.SettingView
	With([]authn.Setting) (S, error)
}

// keeper is the server that stores the settings.
type keeper[S any] interface {
	Settings() (S, error)
	Set([]authn.Setting) (S, error)
}

// ByFamily groups settings by the family in their keys. A key of an unknown
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
