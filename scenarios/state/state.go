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

// Names of paths that are also fields of events.
const (
	nameActivated = "activated"
	nameLocked    = "locked"
)

// Row is one path.
type Row struct {
	// Role is the role of the actor in front of the path; RoleWorld for "clock", which
	// has no actor.
	Role authn.Role
	// Family is empty for rows of every family.
	Family authn.FamilyName
	// Path is the path after the actor, with <workstation>, <user>, <phone> or <method>
	// for each name in it.
	Path string
	Kind Kind
	Doc  string
	// Get returns the value for an actor and the names in the path, in order. It
	// returns nil, false if the value or a named thing does not exist.
	Get func(s authn.Snapshot, actor string, names []string) (any, bool)
}

// Table holds the rows of one family. It is safe for concurrent use.
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

// all returns every row.
func all() []Row {
	return slices.Concat(worldRows(), hyprPhone(), hyprWorkstation(), encapRows(), onespanRows(), policyRows())
}

// Find returns the row of a path without its actor, and the names in the path.
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

// Paths returns the paths of a role, for messages.
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

// match compares the parts of a row with those of a path, and returns the names in it.
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

// worldRows returns the rows that belong to no family.
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

// SettingKind returns the kind of a setting. If its default is a word, it may also be
// a number.
func SettingKind(v authn.SettingView) Kind {
	if kind := KindOf(Setting(v.Default)); kind != Text {
		return kind
	}
	return Scalar
}

// policyRows returns a row for each setting, without the family in its path.
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
