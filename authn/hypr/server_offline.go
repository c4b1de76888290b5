package hypr

import "github.com/offauth/offauth/authn"

// offlineStatusOf is offline with the current settings.
func (s Server) offlineStatusOf(phone peer, t triple) (offlineStatus, error) {
	set, err := s.Settings()
	if err != nil {
		return offlineStatus{}, err
	}
	return s.offline(set, phone, t)
}

// offline returns the status of Offline Mode for a triple (H1, H38, H43).
func (s Server) offline(set Settings, phone peer, t triple) (offlineStatus, error) {
	ws, _, err := s.peer(authn.Workstation(t.Workstation))
	if err != nil {
		return offlineStatus{}, err
	}
	roaming, err := s.Shelf.Load(roamers+t.User, nil, nil)
	if err != nil {
		return offlineStatus{}, err
	}
	old := tooOld(set.ServerVersion, ws, phone, t)
	switch {
	case !set.OfflineMode:
		return offlineStatus{Offline: offlineDisabled}, nil
	case roaming:
		return offlineStatus{Offline: offlineRoaming}, nil
	case len(old) > 0:
		return offlineStatus{Offline: offlineTooOld, Old: old}, nil
	}
	return offlineStatus{}, nil
}

// Roam marks a user of Web-to-workstation single registration (H38).
func (s Server) Roam(user string) error { return s.Shelf.Save(roamers+user, struct{}{}, nil) }
