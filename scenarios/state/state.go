package state

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// Kind is the type of a value.
type Kind string

// The types of values: bool, int64, string, time.Time and []string.
const (
	Bool    Kind = "boolean"
	Int     Kind = "integer"
	Text    Kind = "string"
	Instant Kind = "instant"
	List    Kind = "list"
)

// Names of paths that an event or a verdict has too.
const (
	nameActivated = "activated"
	nameLocked    = "locked"
)

// Row is one path.
type Row struct {
	// Role is that of the actor in front of the path; RoleWorld for "clock",
	// which has none.
	Role authn.Role
	// Family is empty for what every family has.
	Family authn.FamilyName
	// Path is what stands behind the actor, with a part <workstation>, <user>,
	// <phone> or <method> for each name in it.
	Path string
	Kind Kind
	Doc  string
	// Get returns the value for an actor and the names in the path, in order;
	// false where there is none. It is nil, false for a thing that is not there
	// and for a name that nothing has.
	Get func(s authn.Snapshot, actor string, names []string) (any, bool)
}

// Table has the rows of one family. It is built once and read by many.
type Table struct {
	rows []row
}

type row struct {
	Row
	parts []string
}

// For returns the table of a family.
func For(family authn.FamilyName) *Table {
	t := &Table{}
	for _, r := range all() {
		if r.Family == "" || r.Family == family {
			t.rows = append(t.rows, row{r, strings.Split(r.Path, ".")})
		}
	}
	return t
}

// all has every row.
func all() []Row {
	return slices.Concat(worldRows(), hyprPhone(), hyprWorkstation(), encapRows(), onespanRows(), policyRows())
}

// Find looks a path up, without its actor; names are those in it.
func (t *Table) Find(role authn.Role, path []string) (found Row, names []string, ok bool) {
	for _, r := range t.rows {
		if r.Role != role {
			continue
		}
		if names, ok := match(r.parts, path); ok {
			return r.Row, names, true
		}
	}
	return Row{}, nil, false
}

// Paths lists the paths of a role, for a message.
func (t *Table) Paths(role authn.Role) []string {
	var paths []string
	for _, r := range t.rows {
		if r.Role == role && !slices.Contains(paths, r.Path) {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// Rows returns all rows, for docs.
func (t *Table) Rows() []Row {
	rows := make([]Row, len(t.rows))
	for i, r := range t.rows {
		rows[i] = r.Row
	}
	return rows
}

// match compares a row's parts with a path's. Methods hold colons, and no dot.
func match(parts, path []string) (names []string, ok bool) {
	if len(parts) != len(path) {
		return nil, false
	}
	for i, part := range parts {
		if strings.HasPrefix(part, "<") {
			names = append(names, path[i])
			continue
		}
		if part != path[i] {
			return nil, false
		}
	}
	return names, true
}

// worldRows has what belongs to no family.
func worldRows() []Row {
	return []Row{
		{Role: authn.RoleWorld, Path: "clock", Kind: Instant, Doc: "the world's time",
			Get: func(s authn.Snapshot, _ string, _ []string) (any, bool) { return s.Now, true }},
		workstation(nameLocked, Bool, "whether it is locked", func(w authn.WorkstationView) any { return w.Locked }),
		workstation("user", Text, "who is logged in, or was last", func(w authn.WorkstationView) any { return w.User }),
		workstation("mode", Text, "how: online or offline", func(w authn.WorkstationView) any { return w.Mode }),
		workstation("version", Text, "the client's version", func(w authn.WorkstationView) any { return w.Version }),
		phone("", "user", Text, "whose it is", func(p authn.PhoneView) (any, bool) { return p.User, true }),
		phone("", "version", Text, "the app's version", func(p authn.PhoneView) (any, bool) { return p.Version, true }),
		phone("", "replaced_by", Text, "the phone that took its place, or empty",
			func(p authn.PhoneView) (any, bool) { return p.ReplacedBy, true }),
	}
}

func workstation(path string, kind Kind, doc string, get func(authn.WorkstationView) any) Row {
	return Row{Role: authn.RoleWorkstation, Path: path, Kind: kind, Doc: doc, Get: func(s authn.Snapshot, actor string,
		_ []string) (any, bool) {
		for _, w := range s.Workstations {
			if authn.SameName(w.Name, actor) {
				return get(w), true
			}
		}
		return nil, false
	}}
}

func phone(family authn.FamilyName, path string, kind Kind, doc string, get func(authn.PhoneView) (any, bool)) Row {
	return Row{Role: authn.RolePhone, Family: family, Path: path, Kind: kind, Doc: doc,
		Get: func(s authn.Snapshot, actor string, _ []string) (any, bool) {
			for _, p := range s.Phones {
				if authn.SameName(p.Name, actor) {
					return get(p)
				}
			}
			return nil, false
		}}
}

// SettingKind returns the kind of a setting. One that has a word by default may
// be set to a number as well.
func SettingKind(v authn.SettingView) Kind {
	if kind := KindOf(Setting(v.Default)); kind != Text {
		return kind
	}
	return Scalar
}

// policyRows has a row for each setting, without its family as in a file.
func policyRows() []Row {
	var rows []Row
	for _, v := range verb.Policy() {
		family, key := v.Key.Cut()
		rows = append(rows, Row{Role: authn.RoleServer, Family: family, Path: "policy." + key, Kind: SettingKind(v),
			Doc: v.Doc,
			Get: func(s authn.Snapshot, _ string, _ []string) (any, bool) {
				for _, now := range s.Policy {
					if now.Key == v.Key {
						return Setting(now.Value), true
					}
				}
				return nil, false
			}})
	}
	return rows
}
