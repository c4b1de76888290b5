package onespan

// report takes over what the workstation tells of the data of everybody there:
// what was used offline (O21), and that the offline attempts ran out (O39). It
// does so whatever becomes of the credential.
func (s Server) report(l logon) error {
	for _, held := range append([]stateOf{{User: l.User, State: l.State}}, l.Others...) {
		if err := s.reportOf(l.Workstation, held.User, held.State); err != nil {
			return err
		}
	}
	return nil
}

func (s Server) reportOf(workstation, name string, held state) error {
	a, seed, there, err := s.authenticator(held.Serial)
	if err != nil || held.Serial == "" || !there || a.User != name {
		return err
	}
	if held.Next > a.Next {
		a.Next, a.Reported = held.Next, held.Next
		if err := s.saveAuthenticator(held.Serial, a, seed); err != nil {
			return err
		}
	}
	if !held.Locked {
		return nil
	}
	var o oad
	var secret oadSecret
	record := oadName(name, workstation, held.Serial)
	there, err = s.Shelf.Load(record, &o, &secret)
	// The record may be of newer data, which was lost on its way. Unless the
	// administrator deleted it in between, the lock stands (O38).
	if err != nil || !there || o.Locked || held.Number < o.Since {
		return err
	}
	o.Locked = true
	return s.Shelf.Save(record, o, secret)
}
