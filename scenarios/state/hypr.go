package state

import "github.com/offauth/offauth/authn"

// onPhone is what a phone knows of one workstation.
type onPhone struct {
	path string
	kind Kind
	doc  string
	get  func(authn.ComputerView) (any, bool)
}

func computerRows() []onPhone {
	type get = func(authn.ComputerView) (any, bool)
	set := func(field func(authn.PINSetView) any) get {
		return func(c authn.ComputerView) (any, bool) {
			if c.Set == nil {
				return nil, false
			}
			return field(*c.Set), true
		}
	}
	return []onPhone{
		{"pins.left", Int, "PINs that it may still show", func(c authn.ComputerView) (any, bool) {
			if c.Set == nil {
				return int64(0), true
			}
			return int64(c.Set.Left), true
		}},
		{"pins.of", Int, "PINs that the set had", set(func(p authn.PINSetView) any { return int64(p.Of) })},
		{"pins.number", Int, "the set's number", set(func(p authn.PINSetView) any { return int64(p.Number) })},
		{"pins.issued_at", Instant, "when the set was made", set(func(p authn.PINSetView) any { return p.IssuedAt })},
		{"pins.expires_at", Instant, "when the set expires", set(func(p authn.PINSetView) any { return p.ExpiresAt })},
		{"pins.expired", Bool, "whether it has expired", set(func(p authn.PINSetView) any { return p.Expired })},
		{"pins.low", Bool, "whether the PINs left are below the threshold (H29)",
			set(func(p authn.PINSetView) any { return p.Low })},
		{"pins.present", Bool, "whether it holds a set", func(c authn.ComputerView) (any, bool) {
			return c.Set != nil,
				true
		}},
		{"pin.visible", Bool, "whether a PIN is on the screen",
			func(c authn.ComputerView) (any, bool) { return c.Shown != nil, true }},
		{"pin.hidden_at", Instant, "when the visible PIN is wiped", func(c authn.ComputerView) (any, bool) {
			if c.Shown == nil {
				return nil, false
			}
			return c.Shown.HiddenAt, true
		}},
		{"offer", Text, "the reason of a standing offer, or empty", func(c authn.ComputerView) (any, bool) {
			return c.Offer,
				true
		}},
		{"primed", Bool, "whether there was an online authentication (H9)",
			func(c authn.ComputerView) (any, bool) { return c.Primed, true }},
		{"offline_mode", Bool, "the administrator's switch as the phone last heard it",
			func(c authn.ComputerView) (any, bool) { return c.OfflineMode, true }},
		{"passkey", Bool, "whether it was paired with an Enterprise Passkey (H36)",
			func(c authn.ComputerView) (any, bool) { return c.Passkey, true }},
		{"waiting", Bool, "whether a tap waits for the workstation",
			func(c authn.ComputerView) (any, bool) { return c.Waiting != nil, true }},
	}
}

// hyprPhone returns the rows of what a phone knows of a workstation. Each path occurs
// twice: with the workstation's name in front, and without it for a phone with one
// workstation.
func hyprPhone() []Row {
	var table []Row
	for _, r := range computerRows() {
		table = append(table,
			phone(authn.FamilyHYPR, r.path, r.kind, r.doc, func(p authn.PhoneView) (any, bool) {
				if len(p.Computers) != 1 {
					return nil, false
				}
				return r.get(p.Computers[0])
			}),
			Row{Role: authn.RolePhone, Family: authn.FamilyHYPR, Path: "<workstation>." + r.path, Kind: r.kind, Doc: r.doc,
				Get: func(s authn.Snapshot, actor string, names []string) (any, bool) {
					c, ok := computer(s, actor, names[0])
					if !ok {
						return nil, false
					}
					return r.get(c)
				}})
	}
	return table
}

// computer returns a workstation's icon on a phone.
func computer(s authn.Snapshot, phone, workstation string) (authn.ComputerView, bool) {
	for _, p := range s.Phones {
		if p.Name != phone {
			continue
		}
		for _, c := range p.Computers {
			if authn.SameName(c.Workstation, workstation) {
				return c, true
			}
		}
	}
	return authn.ComputerView{}, false
}

// hyprWorkstation returns the rows of what a workstation stores of users and phones.
func hyprWorkstation() []Row {
	account := func(path string, kind Kind, doc string, get func(authn.AccountView) any) Row {
		return Row{Role: authn.RoleWorkstation, Family: authn.FamilyHYPR, Path: "accounts.<user>." + path, Kind: kind,
			Doc: doc,
			Get: func(s authn.Snapshot, actor string, names []string) (any, bool) {
				for _, a := range accounts(s, actor) {
					if authn.SameName(a.User, names[0]) {
						return get(a), true
					}
				}
				return nil, false
			}}
	}
	// The newest set of a phone counts; an older one may exist until the phone has
	// confirmed (A11).
	set := func(path string, kind Kind, doc string, get func(authn.PINSetView) any) Row {
		return Row{Role: authn.RoleWorkstation, Family: authn.FamilyHYPR, Path: "sets.<phone>." + path, Kind: kind, Doc: doc,
			Get: func(s authn.Snapshot, actor string, names []string) (any, bool) {
				var newest *authn.PINSetView
				for _, a := range accounts(s, actor) {
					for _, p := range a.Sets {
						if authn.SameName(p.Phone, names[0]) && (newest == nil || p.Number > newest.Number) {
							newest = &p
						}
					}
				}
				if newest == nil {
					return nil, false
				}
				return get(*newest), true
			}}
	}
	return []Row{
		account("failures", Int, "wrong PINs since the last login (A6)",
			func(a authn.AccountView) any { return int64(a.Failures) }),
		account("locked_out", Bool, "whether they locked the user out (H27)",
			func(a authn.AccountView) any { return a.LockedOut }),
		account("lockout", Int, "how many of them lock the user out, 0 for never",
			func(a authn.AccountView) any { return int64(a.Lockout) }),
		set("left", Int, "PINs of the phone's newest set that it still accepts",
			func(p authn.PINSetView) any { return int64(p.Left) }),
		set("of", Int, "PINs that the set had", func(p authn.PINSetView) any { return int64(p.Of) }),
		set("number", Int, "the set's number", func(p authn.PINSetView) any { return int64(p.Number) }),
		set("confirmed", Bool, "whether the phone is known to have it", func(p authn.PINSetView) any { return p.Confirmed }),
		set("expired", Bool, "whether it has expired", func(p authn.PINSetView) any { return p.Expired }),
		set("expires_at", Instant, "when it expires", func(p authn.PINSetView) any { return p.ExpiresAt }),
	}
}

func accounts(s authn.Snapshot, workstation string) []authn.AccountView {
	for _, w := range s.Workstations {
		if w.Name == workstation {
			return w.Accounts
		}
	}
	return nil
}
