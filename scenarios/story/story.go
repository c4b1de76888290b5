// Package story has the stories of scenario files, as the linter returns them and
// the player takes them.
package story

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// KeyRefused is the key of an expectation that names the code of a refusal.
const KeyRefused = "refused"

// Story is a scenario with its fixtures merged in, as the player takes it: no
// part of it is wrong in a way that can be known without playing. Parts whose
// values may hold references are Nodes still.
type Story struct {
	// Path is the file's, with slashes, as the user named it.
	Path string
	// Name is the scenario's, at NamePos.
	Name        string
	NamePos     syntax.Pos
	Description string
	Tags        []string
	// Profile is "hypr", "hypr@classic", "hypr@current", "encap" or "onespan".
	Profile string
	Actors  []Actor
	Vars    []Entry
	// Secrets are the names of the vars that are masked in every output.
	Secrets []string
	// Policy has whole keys, such as "hypr.pins.count"; values may be
	// references, and lists of words.
	Policy []Entry
	// Rules are those that the story says it proves, beside those that its
	// expectations name.
	Rules []authn.RuleID
	// Start is the world's time at first; Zone is for display alone.
	Start time.Time
	Zone  string
	// Links are states before Setup; an actor may be "bluetooth:PHONE,WORKSTATION".
	Links   []Uplink
	Seed    int64
	Timeout Timeout
	// Cases and Axes make the instances: rows × axes.
	Cases []Case
	Axes  []Axis
	// Setup is the fixtures' in their order, then the file's own.
	Setup, Steps, Cleanup []Step
	// Invariants are names, or "all" or "none".
	Invariants []string
	Fragments  map[string]*Fragment
	// Expect is checked at the end; nil for nothing.
	Expect *syntax.Node
	// Golden is the path of a file with the transcript, or empty.
	Golden   string
	GoldenAt syntax.Pos
	XFail    *XFail
	// Skip is the reason for which it is not played, or empty.
	Skip string
	// Sources are the texts of all files, by path, for showing a line.
	Sources map[string]string
}

// Operators are the keys of matchers.
var Operators = []string{
	"eq", "ne", "gt", "ge", "lt", "le", "between", "one_of", "not", "matches", "len", "contains", "absent", "all", "any",
	"exactly",
}

// FirstUser is who is there where no actor names a user.
const FirstUser = "alice"

// Family is the family of the story's profile.
func (s *Story) Family() authn.FamilyName {
	family, _, _ := strings.Cut(s.Profile, "@")
	return authn.FamilyName(family)
}

// Actor finds an actor by name.
func (s *Story) Actor(name string) (Actor, bool) {
	for _, a := range s.Actors {
		if a.Name == name {
			return a, true
		}
	}
	return Actor{}, false
}

// Actor is somebody or something that acts. Its name is that of the site:
// phone/NAME, workstation/NAME, provider/NAME.
type Actor struct {
	syntax.Pos
	Name string
	Role authn.Role
	// User is whose phone it is; never empty for a phone.
	User string
	// Clock is how far the site's clock is off from the start.
	Clock time.Duration
	// Version is the client's; empty means the newest. Platform is "android" or
	// "ios"; empty means android.
	Version, Platform string
	// NoTray leaves out the Tray Agent of a workstation of onespan.
	NoTray bool
}

// Entry is a name with a value.
type Entry struct {
	Name  string
	At    syntax.Pos
	Value *syntax.Node
}

// Timeout guards a run; zero fields mean the defaults, which Defaults fills in.
// Wall is a guard against a hang alone: what a story comes to must not depend
// on how fast the machine is.
type Timeout struct {
	Virtual, Wall time.Duration
	Actions       int
}

// Defaults fills in what was not set: 400 days, 10 minutes, 100,000 actions.
func (t Timeout) Defaults() Timeout {
	if t.Virtual == 0 {
		t.Virtual = 400 * authn.Day
	}
	if t.Wall == 0 {
		t.Wall = 10 * time.Minute
	}
	if t.Actions == 0 {
		t.Actions = 100_000
	}
	return t
}

// Case is a row of a table.
type Case struct {
	syntax.Pos
	Name   string
	Values []Entry
	// Where ties the row to points of the axes.
	Where []Entry
	Skip  string
	XFail *XFail
}

// Axis is one axis of the matrix.
type Axis struct {
	Name   string
	At     syntax.Pos
	Values []*syntax.Node
}

// XFail means that a story must fail, and where.
type XFail struct {
	syntax.Pos
	Reason string
	Rule   authn.RuleID
	// At is the id of a step or the title of a phase, or empty for anywhere.
	At string
}

// Fragment is a procedure.
type Fragment struct {
	syntax.Pos
	Name, Description string
	Params            []Param
	Steps             []Step
	Returns           []Entry
}

// Param is a parameter of a fragment. Type is "string", "integer", "boolean",
// "duration", "instant" or empty for any; Default is nil for a required one.
type Param struct {
	syntax.Pos
	Name, Type string
	Default    *syntax.Node
}
