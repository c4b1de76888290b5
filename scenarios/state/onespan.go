package state

import (
	"slices"

	"github.com/offauth/offauth/authn"
)

// onespanRows returns the rows of the Digipass on a phone, the offline data on a
// workstation, and the server's users, authenticators and data.
func onespanRows() []Row {
	return slices.Concat(dataRows(), clientRows(), digipassRows(), userRows(), authenticatorRows(), recordRows())
}

// clientRows returns the rows of a workstation that do not depend on the user.
func clientRows() []Row {
	rows := []Row{
		workstation("tray", Bool, "whether the Tray Agent is there (O56)",
			func(w authn.WorkstationView) any { return !w.NoTray }),
		workstation("credentials.online", List, "what is typed at an online logon (O57)",
			func(w authn.WorkstationView) any { return slices.Clone(w.Online) }),
		workstation("credentials.offline", List, "what is typed at an offline logon (O57)",
			func(w authn.WorkstationView) any { return slices.Clone(w.Offline) }),
	}
	for i := range rows {
		rows[i].Family = authn.FamilyOneSpan
	}
	return rows
}

// dataRow describes a value of the offline data on a workstation.
type dataRow struct {
	path string
	kind Kind
	doc  string
	get  func(authn.DataView) (any, bool)
}

func dataValues() []dataRow {
	always := func(get func(authn.DataView) any) func(authn.DataView) (any, bool) {
		return func(d authn.DataView) (any, bool) { return get(d), true }
	}
	there := func(get func(authn.DataView) any) func(authn.DataView) (any, bool) {
		return func(d authn.DataView) (any, bool) { return get(d), d.Number > 0 }
	}
	timed := func(get func(authn.DataView) any) func(authn.DataView) (any, bool) {
		return func(d authn.DataView) (any, bool) { return get(d), d.Number > 0 && d.Type == "time" }
	}
	return []dataRow{
		{"present", Bool, "whether there is data that a logon can be judged by",
			always(func(d authn.DataView) any { return d.Present })},
		{nameLocked, Bool, "whether wrong tries in a row deleted and locked it (O35)",
			always(func(d authn.DataView) any { return d.Locked })},
		{"expired", Bool, "whether its time is over (O25)", always(func(d authn.DataView) any { return d.Expired })},
		{"failures", Int, "wrong offline tries in a row", always(func(d authn.DataView) any { return int64(d.Failures) })},
		{"incomplete", Bool, "whether newer data has not arrived whole (A11)",
			always(func(d authn.DataView) any { return d.Incomplete })},
		{"kind", Text, "time or event", there(func(d authn.DataView) any { return d.Type })},
		{"number", Int, "the data's number", there(func(d authn.DataView) any { return int64(d.Number) })},
		{"serial", Text, "the authenticator that works offline (O18)", there(func(d authn.DataView) any { return d.Serial })},
		{"issued_at", Instant, "when it was made", there(func(d authn.DataView) any { return d.IssuedAt })},
		{"expires_at", Instant, "when time-based data expires", timed(func(d authn.DataView) any { return d.ExpiresAt })},
		{"due_at", Instant, "when time-based data may be renewed (O10)",
			timed(func(d authn.DataView) any { return d.DueAt })},
		{"due", Bool, "whether it may be renewed by now (O9, O11)", there(func(d authn.DataView) any { return d.Due })},
		{"days_left", Int, "days left of time-based data, rounded up",
			timed(func(d authn.DataView) any { return int64(d.Days) })},
		{"uses_left", Int, "uses left of event-based data", there(func(d authn.DataView) any { return int64(d.Left) })},
		{"expiring", Bool, "whether little enough is left to be told (O40)",
			there(func(d authn.DataView) any { return d.Expiring })},
	}
}

// dataRows returns two rows for each value: with the user's name in front, and without
// it for a workstation with data of at most one user.
func dataRows() []Row {
	var table []Row
	for _, r := range dataValues() {
		table = append(table,
			Row{Role: authn.RoleWorkstation, Family: authn.FamilyOneSpan, Path: "data." + r.path, Kind: r.kind, Doc: r.doc,
				Get: func(s authn.Snapshot, actor string, _ []string) (any, bool) {
					all, ok := dataAt(s, actor)
					if !ok || len(all) > 1 {
						return nil, false
					}
					if len(all) == 0 {
						return r.get(authn.DataView{})
					}
					return r.get(all[0])
				}},
			Row{Role: authn.RoleWorkstation, Family: authn.FamilyOneSpan, Path: "data.<user>." + r.path, Kind: r.kind,
				Doc: r.doc,
				Get: func(s authn.Snapshot, actor string, names []string) (any, bool) {
					all, ok := dataAt(s, actor)
					if !ok || !isUser(s, names[0]) {
						return nil, false
					}
					for _, d := range all {
						if authn.SameName(d.User, names[0]) {
							return r.get(d)
						}
					}
					return r.get(authn.DataView{})
				}})
	}
	return table
}

func dataAt(s authn.Snapshot, workstation string) ([]authn.DataView, bool) {
	for _, w := range s.Workstations {
		if w.Name == workstation {
			return w.Data, true
		}
	}
	return nil, false
}

func isUser(s authn.Snapshot, name string) bool {
	return slices.ContainsFunc(s.Users, func(u authn.UserView) bool { return authn.SameName(u.Name, name) })
}

// digipassRows returns the rows of the Digipass on a phone.
func digipassRows() []Row {
	digipass := func(path string, kind Kind, doc string, get func(authn.DigipassView) any) Row {
		return phone(authn.FamilyOneSpan, "digipass."+path, kind, doc, func(p authn.PhoneView) (any, bool) {
			if p.Digipass == nil {
				return nil, false
			}
			return get(*p.Digipass), true
		})
	}
	return []Row{
		phone(authn.FamilyOneSpan, "digipass.present", Bool, "whether it holds a Digipass",
			func(p authn.PhoneView) (any, bool) { return p.Digipass != nil, true }),
		digipass("kind", Text, "time or event", func(d authn.DigipassView) any { return d.Type }),
		digipass("serial", Text, "its serial number", func(d authn.DigipassView) any { return d.Serial }),
		digipass("digits", Int, "digits of its one-time passwords",
			func(d authn.DigipassView) any { return int64(d.Digits) }),
	}
}

// userRows returns the rows of the server's data of a user. Without data, the count is
// 0 and the user is not locked.
func userRows() []Row {
	user := func(path string, kind Kind, doc string, get func(authn.OneSpanUserView) any) Row {
		return Row{Role: authn.RoleServer, Family: authn.FamilyOneSpan, Path: "users.<user>." + path, Kind: kind, Doc: doc,
			Get: func(s authn.Snapshot, _ string, names []string) (any, bool) {
				for _, u := range s.Users {
					if authn.SameName(u.Name, names[0]) && u.OneSpan != nil {
						return get(*u.OneSpan), true
					}
				}
				return get(authn.OneSpanUserView{}), isUser(s, names[0])
			}}
	}
	return []Row{
		user("failures", Int, "wrong online logons in a row", func(u authn.OneSpanUserView) any { return int64(u.Failures) }),
		user(nameLocked, Bool, "whether they locked the user (O44)", func(u authn.OneSpanUserView) any { return u.Locked }),
		user("password", Bool, "whether there is a static password",
			func(u authn.OneSpanUserView) any { return u.HasPassword }),
		user("pin", Bool, "whether there is a server PIN", func(u authn.OneSpanUserView) any { return u.HasPIN }),
		user("pin_forced", Bool, "whether the server PIN must be changed",
			func(u authn.OneSpanUserView) any { return u.PINForced }),
		user("offline", Text, "the user's own switch: true, false, or empty for the policy's (O6)",
			func(u authn.OneSpanUserView) any { return u.Offline }),
		user("authenticators", Int, "how many authenticators the user has",
			func(u authn.OneSpanUserView) any { return int64(len(u.Authenticators)) }),
		user("records", Int, "how many records of offline data there are (O17)",
			func(u authn.OneSpanUserView) any { return int64(len(u.Data)) }),
	}
}

// authenticatorRows returns the rows of the server's data of an authenticator.
func authenticatorRows() []Row {
	authenticator := func(path string, kind Kind, doc string, get func(authn.AuthenticatorView) any) Row {
		return Row{Role: authn.RoleServer, Family: authn.FamilyOneSpan, Path: "authenticators.<phone>." + path, Kind: kind,
			Doc: doc,
			Get: func(s authn.Snapshot, _ string, names []string) (any, bool) {
				for _, u := range s.Users {
					if u.OneSpan == nil {
						continue
					}
					for _, a := range u.OneSpan.Authenticators {
						if authn.SameName(a.Phone, names[0]) {
							return get(a), true
						}
					}
				}
				return nil, false
			}}
	}
	return []Row{
		authenticator("kind", Text, "time or event", func(a authn.AuthenticatorView) any { return a.Type }),
		authenticator("serial", Text, "its serial number", func(a authn.AuthenticatorView) any { return a.Serial }),
		authenticator("drift", Text, "how far a time-based one was off at its last success (O47)",
			func(a authn.AuthenticatorView) any { return a.Drift.String() }),
		authenticator("counter", Int, "the next counter of an event-based one",
			func(a authn.AuthenticatorView) any { return int64(a.Counter) }),
	}
}

// recordRows returns the rows of the server's record of a user's offline data at a
// workstation. With several authenticators, the newest record counts.
func recordRows() []Row {
	record := func(path string, kind Kind, doc string, get func(d authn.ServerDataView, there bool) (any, bool)) Row {
		return Row{Role: authn.RoleServer, Family: authn.FamilyOneSpan, Path: "records.<user>.<workstation>." + path,
			Kind: kind, Doc: doc,
			Get: func(s authn.Snapshot, _ string, names []string) (any, bool) {
				var newest authn.ServerDataView
				for _, u := range s.Users {
					if u.Name != names[0] || u.OneSpan == nil {
						continue
					}
					for _, d := range u.OneSpan.Data {
						if authn.SameName(d.Workstation, names[1]) && d.Number > newest.Number {
							newest = d
						}
					}
				}
				v, ok := get(newest, newest.Number > 0)
				_, known := dataAt(s, names[1])
				return v, ok && known && isUser(s, names[0])
			}}
	}
	return []Row{
		record("present", Bool, "whether there is one", func(_ authn.ServerDataView, there bool) (any, bool) {
			return there,
				true
		}),
		record(nameLocked, Bool, "whether the offline attempts ran out (O35)", func(d authn.ServerDataView, _ bool) (any,
			bool) {
			return d.Locked, true
		}),
		record("number", Int, "the data's number", func(d authn.ServerDataView, there bool) (any,
			bool) {
			return int64(d.Number), there
		}),
		record("issued_at", Instant, "when it was made", func(d authn.ServerDataView, there bool) (any,
			bool) {
			return d.IssuedAt, there
		}),
	}
}
