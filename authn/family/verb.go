// Package family says what a family of products is to the simulator, and what
// the simulator gives it.
package family

import "github.com/offauth/offauth/authn"

// Verb is one row of the table of verbs (authn/verb).
type Verb struct {
	// Name is the spelling, such as "device unlock"; an Action's Verb method
	// gives the same.
	Name string
	// Family is empty for what belongs to no family.
	Family authn.FamilyName
	// Role is who does it.
	Role authn.Role
	// Doc says what it does, as a short sentence in the imperative.
	Doc string
	// Action is the zero Action that it makes; nil for what no front end makes.
	Action authn.Action
	// Result is the zero value of what it gives; nil for nothing.
	Result any
	// Args are what it takes: the fields of the Action, by their names.
	Args []Arg
	// Makes is what it brings into the world.
	Makes Makes
	// Waits reports whether its Action may be left pending.
	Waits bool
	// Slow reports whether its Action may need slow work (authn.Host.Slow); it is
	// rehearsed then.
	Slow bool
	// Refusals is closed: the product refuses in no other way.
	Refusals []authn.Code
	// Events are those that it can leave, beside those of Anytime.
	Events []authn.Kind
}

// Makes is a user or a site that a verb brings into the world.
type Makes struct {
	// Arg is the argument that names it, empty for a verb that makes nothing.
	Arg string
	// Role is that of the site, empty for a user.
	Role authn.Role
}

// ArgKind is the type of an argument.
type ArgKind string

// The types of arguments.
const (
	ArgName     ArgKind = "name"     // of a user, phone, workstation or site
	ArgText     ArgKind = "text"     // free text
	ArgSecret   ArgKind = "secret"   // never on a command line
	ArgFlag     ArgKind = "flag"     // true or false
	ArgNumber   ArgKind = "number"   // a whole number
	ArgSpan     ArgKind = "duration" // with a unit, such as 5s
	ArgInstant  ArgKind = "instant"  // RFC 3339
	ArgSettings ArgKind = "settings" // KEY=VALUE, at least one
	ArgList     ArgKind = "list"     // words
)

// Arg is one argument of a verb.
type Arg struct {
	Name string
	Kind ArgKind
	// Role is that of the site that a Name names, where it names the one that
	// acts or the one that is acted on; a front end fills it in.
	Role authn.Role
	// User reports whether an ArgName is that of a user.
	User     bool
	Required bool
	// Drawn reports whether the right value of an ArgSecret comes from chance, as
	// that of a one-time password does, and not from a person.
	Drawn bool
	// Only reports whether a Name may be left out where the world has one.
	Only bool
	// OneOf lists the accepted values, where they are few.
	OneOf []string
	Doc   string
}

// The arguments that name the site that acts.
var (
	PhoneArg = Arg{
		Name: "phone", Kind: ArgName, Role: authn.RolePhone,
		Doc: "the phone that does it; may be left out where there is one",
	}
	WorkstationArg = Arg{
		Name: "workstation", Kind: ArgName, Role: authn.RoleWorkstation,
		Doc: "the workstation; the first that fits, if left out",
	}
)

// Rows fills in the names and the family of the rows of a family's verbs.
func Rows(name authn.FamilyName, rows []Verb) []Verb {
	for i := range rows {
		rows[i].Name, rows[i].Family = rows[i].Action.Verb(), name
	}
	return rows
}
