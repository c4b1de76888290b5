// Package story defines the compiled form of a scenario file, which the linter returns
// and the player plays.
package story

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// KeyRefused is the key of an expectation that names the code of a refusal.
const KeyRefused = "refused"

// Story is a linted scenario merged with its fixtures. It has no mistakes that can be
// found without playing it. Values that may contain references are Nodes.
type Story struct {
	// Path is the path of the file, with slashes, as the user wrote it.
	Path string
	// Name is the name of the scenario, at NamePos.
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
	// Policy has full keys, such as "hypr.pins.count". Values may be references or
	// lists of words.
	Policy []Entry
	// Rules are the rules that the story declares, in addition to those that its
	// expectations name.
	Rules []authn.RuleID
	// Start is the world's time at the start; Zone is for display only.
	Start time.Time
	Zone  string
	// Links are the states of links before Setup; an actor may be
	// "bluetooth:PHONE,WORKSTATION".
	Links   []Uplink
	Seed    int64
	Timeout Timeout
	// Cases and Axes define the instances: rows × points of the axes.
	Cases []Case
	Axes  []Axis
	// Setup has the steps of the fixtures in their order, then those of the scenario.
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
	// Skip is the reason why the story is not played, or empty.
	Skip string
	// Sources maps the paths of all files to their texts.
	Sources map[string]string
}

// Operators are the keys of matchers.
var Operators = []string{
	"eq", "ne", "gt", "ge", "lt", "le", "between", "one_of", "not", "matches", "len", "contains", "absent", "all", "any",
	"exactly",
}

// FirstUser is the user of a story in which no actor names one.
const FirstUser = "alice"

// Family returns the family of the story's profile.
func (s *Story) Family() authn.FamilyName {
	family, _, _ := strings.Cut(s.Profile, "@")
	return authn.FamilyName(family)
}

// Actor returns the actor with a name.
func (s *Story) Actor(name string) (Actor, bool) {
	for _, a := range s.Actors {
		if a.Name == name {
			return a, true
		}
	}
	return Actor{}, false
}

// Actor is an actor of the story. Its name is that of its site: phone/NAME,
// workstation/NAME, provider/NAME.
type Actor struct {
	syntax.Pos
	Name string
	Role authn.Role
	// User is the owner of a phone; never empty for a phone.
	User string
	// Clock is how far the site's clock is ahead of the world's time at the start.
	Clock time.Duration
	// Version is the version of the client; empty means the newest. Platform is
	// "android" or "ios"; empty means android.
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

// Timeout limits a run; zero fields mean the defaults, which Defaults fills in. Wall
// only guards against a hang, since results must not depend on the speed of the
// machine.
type Timeout struct {
	Virtual, Wall time.Duration
	Actions       int
}

// Defaults returns t with the defaults for zero fields: 400 days, 10 minutes, 100,000
// actions.
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
	// Where limits the row to values of the axes.
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

// XFail says that a story is expected to fail, and where.
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
