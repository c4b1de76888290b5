package state_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/state"
)

var eight = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func town() authn.Snapshot {
	set := authn.PINSetView{Number: 3, Left: 4, Of: 10, IssuedAt: eight, ExpiresAt: eight.Add(authn.Day), Phone: "pixel",
		Confirmed: true, Low: true}
	older := authn.PINSetView{Number: 2, Left: 9, Of: 10, Phone: "pixel"}
	data := authn.DataView{User: "alice", Present: true, Serial: "OFA1", Type: "time", Number: 2, IssuedAt: eight,
		ExpiresAt: eight.Add(4 * authn.Day), DueAt: eight.Add(authn.Day), Days: 4, Failures: 1, Allowed: 3}
	onespan := &authn.OneSpanUserView{
		Failures: 2, HasPIN: true, Offline: "false",
		Authenticators: []authn.AuthenticatorView{{Serial: "OFA1", Phone: "pixel", Type: "time", Drift: -7 * time.Minute}},
		Data: []authn.ServerDataView{{Workstation: "laptop", Serial: "OFA1", Number: 2, IssuedAt: eight, Locked: true},
			{Workstation: "laptop", Serial: "OFA0", Number: 1}},
	}
	shown := &authn.ShownPIN{HiddenAt: eight.Add(time.Minute)}
	return authn.Snapshot{
		Now: eight,
		Users: []authn.UserView{{Name: "bob"},
			{Name: "alice", OneSpan: onespan, Locks: []authn.LockView{{Phone: "pixel", Method: "OFFLINE:PIN", Failures: 3,
				Locked: true}, {Phone: "pixel", Failures: 1}}}},
		Phones: []authn.PhoneView{
			{Name: "pixel", User: "alice", Version: "4.3", Digipass: &authn.DigipassView{Serial: "OFA1", Type: "time",
				Digits: 6}, Computers: []authn.ComputerView{{Workstation: "laptop", Primed: true, OfflineMode: true, Passkey: true,
				Set: &set, Offer: "phone_offline", Shown: shown, Waiting: &authn.Pending{}}},
				Encap: &authn.EncapView{Registration: "r1", Methods: []string{"DEVICE"}, BiometricFailures: 5,
					BiometricsLocked: true, Operation: &authn.OperationView{Session: "s2", Provider: "shop", Method: "OFFLINE:PIN",
						Title: "t", Content: "c", Until: eight}}},
			{Name: "old", ReplacedBy: "pixel", Computers: []authn.ComputerView{{Workstation: "laptop"}, {Workstation: "desk"}}},
		},
		Workstations: []authn.WorkstationView{{Name: "desk"}, {Name: "laptop", Data: []authn.DataView{data}, Locked: true,
			User: "alice", Mode: "offline", Version: "2.6",
			Accounts: []authn.AccountView{{User: "alice", Failures: 2, Lockout: 5, LockedOut: true,
				Sets: []authn.PINSetView{older, set}}}}},
		Providers: []authn.ProviderView{{Name: "shop", Sessions: []authn.SessionView{{ID: "s1", State: "superseded"},
			{ID: "s2", State: "open", Method: "OFFLINE:PIN", ExpiresAt: eight}}}},
		Policy: verb.Policy(),
	}
}

func get(family authn.FamilyName, role authn.Role, actor, path string) (any, bool) {
	row, names, ok := state.For(family).Find(role, strings.Split(path, "."))
	if !ok {
		return "no such path", false
	}
	return row.Get(town(), actor, names)
}

func TestPathsGiveWhatTheSnapshotShows(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		family authn.FamilyName
		role   authn.Role
		actor  string
		path   string
		want   any // nil for no value
	}{
		{"hypr", "workstation", "laptop", "locked", true},
		{"hypr", "workstation", "laptop", "mode", "offline"},
		{"hypr", "workstation", "none", "locked", nil},
		{"hypr", "workstation", "laptop", "accounts.alice.failures", int64(2)},
		{"hypr", "workstation", "laptop", "accounts.bob.failures", nil},
		{"hypr", "workstation", "laptop", "sets.pixel.left", int64(4)},
		{"hypr", "workstation", "laptop", "sets.pixel.number", int64(3)},
		{"hypr", "phone", "pixel", "pins.left", int64(4)},
		{"hypr", "phone", "pixel", "laptop.pins.left", int64(4)},
		{"hypr", "phone", "pixel", "pin.visible", true},
		{"hypr", "phone", "pixel", "waiting", true},
		{"hypr", "phone", "pixel", "offer", "phone_offline"},
		{"hypr", "phone", "old", "pins.left", nil}, // two workstations: it must be named
		{"hypr", "phone", "old", "desk.pins.left", int64(0)},
		{"hypr", "phone", "old", "desk.pins.of", nil},
		{"hypr", "phone", "old", "replaced_by", "pixel"},
		{"hypr", "server", "server", "policy.pins.count", int64(25)},
		{"hypr", "server", "server", "policy.offline.enabled", false},
		{"hypr", "server", "server", "policy.pins.display_timeout", "60s"},
		{"hypr", "world", "", "clock", eight},
		{"encap", "phone", "pixel", "activated", true},
		{"encap", "phone", "old", "activated", false},
		{"encap", "phone", "pixel", "operation.session", "s2"},
		{"encap", "phone", "old", "operation.session", nil},
		{"encap", "server", "server", "locks.pixel.OFFLINE:PIN.failures", int64(3)},
		{"encap", "server", "server", "locks.pixel.device.failures", int64(1)},
		{"encap", "server", "server", "locks.old.DEVICE.locked", false},
		{"encap", "server", "server", "locks.none.DEVICE.locked", nil},
		{"encap", "provider", "shop", "session.state", "open"},
		{"encap", "provider", "shop", "sessions.count", int64(2)},
		{"encap", "provider", "none", "session.state", nil},
		{"onespan", "workstation", "laptop", "data.present", true},
		{"onespan", "workstation", "laptop", "data.expires_at", eight.Add(4 * authn.Day)},
		{"onespan", "workstation", "laptop", "data.alice.failures", int64(1)},
		{"onespan", "workstation", "laptop", "data.bob.present", false},
		{"onespan", "workstation", "laptop", "data.bob.number", nil},
		{"onespan", "workstation", "laptop", "data.eve.present", nil},
		{"onespan", "workstation", "desk", "data.present", false},
		{"onespan", "workstation", "desk", "data.issued_at", nil},
		{"onespan", "workstation", "none", "data.present", nil},
		{"onespan", "phone", "pixel", "digipass.digits", int64(6)},
		{"onespan", "phone", "old", "digipass.present", false},
		{"onespan", "phone", "old", "digipass.serial", nil},
		{"onespan", "server", "server", "users.alice.failures", int64(2)},
		{"onespan", "server", "server", "users.bob.locked", false},
		{"onespan", "server", "server", "users.eve.locked", nil},
		{"onespan", "server", "server", "users.alice.records", int64(2)},
		{"onespan", "server", "server", "authenticators.pixel.drift", "-7m0s"},
		{"onespan", "server", "server", "authenticators.old.drift", nil},
		{"onespan", "server", "server", "records.alice.laptop.number", int64(2)},
		{"onespan", "server", "server", "records.alice.laptop.locked", true},
		{"onespan", "server", "server", "records.alice.desk.present", false},
		{"onespan", "server", "server", "records.bob.laptop.number", nil},
	} {
		got, ok := get(row.family, row.role, row.actor, row.path)
		if ok != (row.want != nil) || ok && got != row.want {
			t.Errorf("%s %s.%s is %v (%v), want %v", row.family, row.actor, row.path, got, ok, row.want)
		}
	}
}

// TestEachPathGivesTheKindThatItSays reads every row in a world with everything, and
// in an empty one.
func TestEachPathGivesTheKindThatItSays(t *testing.T) {
	t.Parallel()
	actors := map[authn.Role]string{"phone": "pixel", "workstation": "laptop", "provider": "shop", "server": "server"}
	fill := strings.NewReplacer("<workstation>", "laptop", "<user>", "alice", "<phone>", "pixel", "<method>",
		"OFFLINE:PIN")
	for _, family := range []authn.FamilyName{"hypr", "encap", "onespan"} {
		table := state.For(family)
		for _, r := range table.Rows() {
			row, names, ok := table.Find(r.Role, strings.Split(fill.Replace(r.Path), "."))
			if !ok || row.Path != r.Path {
				t.Errorf("%s %s: another row answers: %s", r.Role, r.Path, row.Path)
				continue
			}
			row.Get(authn.Snapshot{}, actors[r.Role], names)
			v, ok := row.Get(town(), actors[r.Role], names)
			if !ok || row.Doc == "" {
				t.Errorf("%s %s: %v, %q", r.Role, r.Path, v, row.Doc)
			}
			kind := state.KindOf(v)
			if row.Kind == state.Scalar && kind == state.Text {
				continue
			}
			if kind != row.Kind {
				t.Errorf("%s %s gives a %T and says %s", r.Role, r.Path, v, row.Kind)
			}
		}
	}
}
