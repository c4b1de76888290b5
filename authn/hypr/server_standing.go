package hypr

import "github.com/offauth/offauth/authn"

// standingOf is offline by the settings of the moment.
func (s Server) standingOf(phone peer, t triple) (standing, error) {
	set, err := s.Settings()
	if err != nil {
		return standing{}, err
	}
	return s.offline(set, phone, t)
}

// offline judges whether there is Offline Mode for a triple (H1, H38, H43).
func (s Server) offline(set Settings, phone peer, t triple) (standing, error) {
	ws, _, err := s.peer(authn.Workstation(t.Workstation))
	if err != nil {
		return standing{}, err
	}
	roaming, err := s.Shelf.Load(roamers+t.User, nil, nil)
	if err != nil {
		return standing{}, err
	}
	old := tooOld(set.ServerVersion, ws, phone, t)
	switch {
	case !set.OfflineMode:
		return standing{Offline: offlineDisabled}, nil
	case roaming:
		return standing{Offline: offlineRoaming}, nil
	case len(old) > 0:
		return standing{Offline: offlineTooOld, Old: old}, nil
	}
	return standing{}, nil
}

// Roam marks a user of Web-to-workstation single registration (H38).
func (s Server) Roam(user string) error { return s.Shelf.Save(roamers+user, struct{}{}, nil) }
