// Package family has the interface between the simulator and a family of
// products: Family is what a family provides, Sites what the simulator
// provides.
package family

import "github.com/offauth/offauth/authn"

// Verb is one row of the table of verbs (authn/verb).
type Verb struct {
	// Name is the spelling, such as "device unlock", which the Action's Verb
	// method returns too.
	Name string
	// Family is empty for a verb that belongs to no family.
	Family authn.FamilyName
	// Role is the role of the actor.
	Role authn.Role
	// Doc is a short description in the imperative.
	Doc string
	// Action is the zero Action of the verb; nil if no front end makes it.
	Action authn.Action
	// Result is the zero value of the result; nil if there is none.
	Result any
	// Args are the arguments: the fields of the Action, by name.
	Args []Arg
	// Makes is the user or site that it makes.
	Makes Makes
	// Waits reports whether its Action may be left pending.
	Waits bool
	// Slow reports whether its Action may need slow work (authn.Host.Slow) and
	// so is rehearsed.
	Slow bool
	// Refusals lists all codes with which the product can refuse it.
	Refusals []authn.Code
	// Events are the events that it can cause, beside those of verb.Anytime.
	Events []authn.Kind
}

// Makes is a user or a site that a verb makes.
type Makes struct {
	// Arg is the argument with its name, or "" if the verb makes nothing.
	Arg string
	// Role is the role of the site, or "" for a user.
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
	// Role is the role of the site that a Name names, if the site acts or is
	// acted on. A front end can fill in its name.
	Role authn.Role
	// User reports whether an ArgName names a user.
	User     bool
	Required bool
	// Drawn reports whether the right value of an ArgSecret is random, like a
	// one-time password, and not chosen by a person.
	Drawn bool
	// Only reports whether a Name may be omitted if the world has only one.
	Only bool
	// OneOf lists the accepted values, if there are few.
	OneOf []string
	Doc   string
}

// The arguments that name the acting site.
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

// Rows returns the rows of a family's verbs with their names and family filled
// in.
func Rows(name authn.FamilyName, rows []Verb) []Verb {
	for i := range rows {
		rows[i].Name, rows[i].Family = rows[i].Action.Verb(), name
	}
	return rows
}
