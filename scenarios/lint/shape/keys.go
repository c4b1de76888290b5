// Package shape is the table of keys in scenario files, for the linter, the layout
// and the JSON Schema.
package shape

import (
	"regexp"
	"sync"

	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/story"
)

// Kind is the kind of value of a key.
type Kind string

const (
	TextKind      Kind = "text"
	SlugKind      Kind = "slug"
	SlugsKind     Kind = "slugs"
	PathsKind     Kind = "paths"
	NamesKind     Kind = "names"
	RulesKind     Kind = "rules"
	BoolKind      Kind = "boolean"
	TrueKind      Kind = "true"
	IntKind       Kind = "integer"
	DurationKind  Kind = "duration"
	InstantKind   Kind = "instant"
	ChoiceKind    Kind = "choice"
	PolicyKind    Kind = "policy"
	MapOfKind     Kind = "map of"  // names to places
	ValuesKind    Kind = "values"  // names to values
	MatchersKind  Kind = "matches" // names to matchers
	ListOfKind    Kind = "list of" // places
	PlaceKind     Kind = "place"
	StepsKind     Kind = "steps"
	LinksKind     Kind = "links"
	AxesKind      Kind = "axes"
	CountsKind    Kind = "counts"
	EventsKind    Kind = "events"
	RefusalKind   Kind = "refusal"
	SavesKind     Kind = "saves"
	ExpectKind    Kind = "expect"
	WordsKind     Kind = "words" // a list of names, or one word of choice
	GoldenKind    Kind = "golden"
	RuleKind      Kind = "rule"
	AnythingKind  Kind = "anything"
	ActorNameKind Kind = "actor"
)

// Field is a key of a place.
type Field struct {
	Name     string
	Kind     Kind
	Required bool
	// Choice holds the words of a ChoiceKind or WordsKind, Place the name of the place
	// of a PlaceKind, MapOfKind or ListOfKind.
	Choice []string
	Place  string
	Doc    string
}

// Place describes a mapping in a file by its keys.
type Place struct {
	Name   string
	Fields []Field
}

func (p Place) Names() []string {
	names := make([]string, len(p.Fields))
	for i, f := range p.Fields {
		names[i] = f.Name
	}
	return names
}

func (p Place) Field(name string) (Field, bool) {
	for _, f := range p.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Roles are the roles of actors and Uplinks the states of an uplink.
var (
	Roles   = []string{"phone", "workstation", "server", "provider", "admin"}
	Uplinks = []string{"up", "down", "captive"}
	types   = []string{"string", "integer", "boolean", "duration", "instant"}
)

// shared returns the keys that scenarios and fixtures have in common.
func shared() map[string]Field {
	fields := map[string]Field{}
	for _, f := range []Field{
		{Name: "description", Kind: TextKind, Doc: "what it tells; shown by list, explain and reports"},
		{Name: "profile", Kind: ChoiceKind, Choice: verb.Profiles(), Doc: "the product whose verbs there are"},
		{Name: "use", Kind: PathsKind, Doc: "fixtures, relative to this file"},
		{Name: "policy", Kind: PolicyKind, Doc: "the administrator's settings, without the family"},
		{Name: "actors", Kind: MapOfKind, Place: "actor", Doc: "who acts: a name and a role each"},
		{Name: "vars", Kind: ValuesKind, Doc: "constants: ${vars.NAME}"},
		{Name: "secrets", Kind: NamesKind, Doc: "the vars that every output masks"},
		{Name: "link", Kind: LinksKind, Doc: "the links before setup; all are up if left out"},
		{Name: "setup", Kind: StepsKind, Doc: "steps before the story; a failure here is an error"},
		{Name: "fragments", Kind: MapOfKind, Place: "fragment", Doc: "procedures, for call"},
	} {
		fields[f.Name] = f
	}
	return fields
}

// Places returns every place of the format by its name.
var Places = sync.OnceValue(func() map[string]Place {
	s := shared()
	all := map[string]Place{}
	for _, p := range []Place{
		{"scenario", []Field{
			{Name: "offauth", Kind: ChoiceKind, Required: true, Choice: []string{"scenario/v1"},
				Doc: "the format and its version"},
			{Name: "name", Kind: SlugKind, Required: true, Doc: "a-z, 0-9 and -, as the file is called"},
			s["description"],
			{Name: "tags", Kind: SlugsKind, Doc: "for selecting"},
			{Name: "rules", Kind: RulesKind, Doc: "rules that it proves beside those that its expectations name"},
			s["profile"], s["use"], s["policy"], s["actors"], s["vars"], s["secrets"],
			{Name: "clock", Kind: PlaceKind, Place: "clock", Required: true,
				Doc: "the world's time at first: {start: 2026-03-02T08:00:00Z}"},
			s["link"],
			{Name: "seed", Kind: IntKind, Doc: "of the streams of chance; 0 if left out"},
			{Name: "timeout", Kind: PlaceKind, Place: "timeout", Doc: "guards against a story without end"},
			{Name: "matrix", Kind: PlaceKind, Place: "matrix", Doc: "axes: the story is played for each of their points"},
			{Name: "cases", Kind: ListOfKind, Place: "case", Doc: "rows: the story is played for each"},
			s["setup"],
			{Name: "steps", Kind: StepsKind, Required: true, Doc: "the story"},
			{Name: "cleanup", Kind: StepsKind, Doc: "steps that are always done; a failure here is told apart"},
			{Name: "invariants", Kind: WordsKind, Choice: []string{"all", "none"}, Doc: "names, all or none"},
			s["fragments"],
			{Name: "expect", Kind: ExpectKind, Doc: "what holds at the end"},
			{Name: "golden", Kind: GoldenKind, Doc: "true, or the path of a file with the transcript"},
			{Name: "xfail", Kind: PlaceKind, Place: "xfail", Doc: "it must fail, and why"},
			{Name: "skip", Kind: TextKind, Doc: "why it is not played"},
		}},
		{"fixture", []Field{
			{Name: "offauth", Kind: ChoiceKind, Required: true, Choice: []string{"fixture/v1"},
				Doc: "the format and its version"},
			{Name: "name", Kind: SlugKind, Doc: "a-z, 0-9 and -"},
			s["description"], s["profile"], s["use"], s["policy"], s["actors"], s["vars"], s["secrets"], s["link"], s["setup"],
			s["fragments"],
		}},
		{"actor", []Field{
			{Name: "role", Kind: ChoiceKind, Required: true, Choice: Roles, Doc: "what it is"},
			{Name: "user", Kind: TextKind, Doc: "whose phone it is; alice if left out"},
			{Name: "clock", Kind: DurationKind, Doc: "how far its clock is off at first; negative is behind"},
			{Name: "version", Kind: TextKind, Doc: "the client's version; the newest if left out (H43)"},
			{Name: "platform", Kind: ChoiceKind, Choice: []string{"android", "ios"}, Doc: "of a phone; android if left out"},
			{Name: "no_tray", Kind: BoolKind, Doc: "true for a workstation without OneSpan's Tray Agent (O56)"},
		}},
		{"clock", []Field{
			{Name: "start", Kind: InstantKind, Required: true, Doc: "RFC 3339, such as 2026-03-02T08:00:00Z"},
			{Name: "zone", Kind: TextKind, Doc: "for display alone"},
		}},
		{"timeout", []Field{
			{Name: "virtual", Kind: DurationKind, Doc: "of the world's time; 400d if left out"},
			{Name: "wall", Kind: DurationKind, Doc: "of real time, against a hang; 10m if left out"},
			{Name: "actions", Kind: IntKind, Doc: "100000 if left out"},
		}},
		{"matrix", []Field{{Name: "axes", Kind: AxesKind, Required: true, Doc: "a name and a list of values each"}}},
		{"xfail", []Field{
			{Name: "reason", Kind: TextKind, Required: true, Doc: "why it must fail"},
			{Name: "rule", Kind: RuleKind, Doc: "the rule that it fails by"},
			{Name: "at", Kind: TextKind, Doc: "the id of the step or the title of the phase in which it fails"},
		}},
		{"fragment", []Field{
			{Name: "description", Kind: TextKind, Doc: "what it does"},
			{Name: "params", Kind: MapOfKind, Place: "param", Doc: "what it takes: ${params.NAME}"},
			{Name: "steps", Kind: StepsKind, Required: true, Doc: "what it does"},
			{Name: "returns", Kind: ValuesKind, Doc: "what it hands out"},
		}},
		{"param", []Field{
			{Name: "type", Kind: ChoiceKind, Choice: types, Doc: "any if left out"},
			{Name: "default", Kind: AnythingKind, Doc: "taken where the call gives none"},
			{Name: "description", Kind: TextKind, Doc: "what it is for"},
		}},
		stepPlace(), expectPlace(), checkPlace(),
		{"skew", []Field{
			{Name: "offset", Kind: DurationKind, Doc: "how far ahead of the world; negative is behind"},
			{Name: "set", Kind: InstantKind, Doc: "what the clock is set to"},
		}},
		{"crash", []Field{
			{Name: "actor", Kind: ActorNameKind, Doc: "who is told nothing"},
			{Name: "at_put", Kind: IntKind, Required: true,
				Doc: "1: before the next action is on disk; 2: after it, before it is told"},
		}},
		{"fault", []Field{
			{Name: "drop", Kind: TextKind, Doc: "the kind of message that is lost"},
			{Name: "replay", Kind: TextKind, Doc: "the kind of message that comes twice"},
			{Name: "tamper", Kind: TextKind, Doc: "the kind of message that is changed"},
			{Name: "nth", Kind: IntKind, Doc: "which one, from 1; the next if left out"},
		}},
		{"bluetooth", []Field{
			{Name: "phone", Kind: ActorNameKind, Doc: "the phone"},
			{Name: "workstation", Kind: ActorNameKind, Doc: "the workstation"},
			{Name: "state", Kind: ChoiceKind, Required: true, Choice: []string{"up", "down"}, Doc: "up or down"},
		}},
	} {
		all[p.Name] = p
	}
	return all
})

// StepKinds are the kinds of steps that are not verbs, in the order in which fmt
// writes them.
var StepKinds = []string{
	story.StepPhase, story.StepWait, story.StepAt, story.StepAwait, story.StepLink, story.StepSkew, story.StepRestart,
	story.StepCrash, story.StepPolicy, story.StepCheck, story.StepCall, story.StepRepeat,
}

// stepPlace returns the keys of a step except verbs.
func stepPlace() Place {
	return Place{"step", []Field{
		{Name: "id", Kind: TextKind, Doc: "unique; await and steps.ID name it"},
		{Name: "name", Kind: TextKind, Doc: "for reports"},
		{Name: "when", Kind: MatchersKind, Doc: "a path and a matcher each; the step is done if all hold"},
		{Name: "phase", Kind: TextKind, Doc: "a chapter of the report"},
		{Name: "wait", Kind: DurationKind, Doc: "moves the clock forward; timers fire on the way"},
		{Name: "at", Kind: InstantKind, Doc: "moves the clock to an instant"},
		{Name: "await", Kind: TextKind, Doc: "moves the clock until the pending action of that id ends"},
		{Name: "link", Kind: LinksKind, Doc: "an actor and up, down or captive each; or fault, or bluetooth"},
		{Name: "skew", Kind: MapOfKind, Place: "skew", Doc: "an actor and how far its clock is off"},
		{Name: "restart", Kind: ActorNameKind, Doc: "a phone or workstation loses its memory and keeps its store (A6)"},
		{Name: "crash", Kind: PlaceKind, Place: "crash", Doc: "the next action dies at a write (A13)"},
		{Name: "policy", Kind: PolicyKind, Doc: "the administrator changes settings"},
		{Name: "check", Kind: PlaceKind, Place: "check", Doc: "looks, does nothing"},
		{Name: "call", Kind: TextKind, Doc: "does a fragment"},
		{Name: "with", Kind: ValuesKind, Doc: "the fragment's arguments"},
		{Name: "repeat", Kind: IntKind, Doc: "does steps so many times; ${loop.n} counts from 1"},
		{Name: "steps", Kind: StepsKind, Doc: "what is repeated"},
		{Name: "save", Kind: SavesKind, Doc: "a new name and a path below result, returns or state each"},
		{Name: "expect", Kind: ExpectKind, Doc: "what must come of it; without it the step must be accepted"},
		{Name: "on_fail", Kind: ChoiceKind, Choice: []string{"stop", "continue"}, Doc: "whether a failure ends the story"},
	}}
}

// expectFields returns the keys that check steps have as well, and the other keys of
// an expectation.
func expectFields() (check, outcome []Field) {
	check = []Field{
		{Name: "count", Kind: CountsKind, Doc: "how many events of a kind: in this step, in a check since the start"},
		{Name: "since", Kind: TextKind, Doc: "the id of a step from which a check counts"},
		{Name: "state", Kind: MatchersKind, Doc: "a path and a matcher each, after the step"},
		{Name: "no_events", Kind: EventsKind, Doc: "none of these"},
	}
	outcome = []Field{
		{Name: "ok", Kind: TrueKind, Doc: "accepted; implied where nothing is said"},
		{Name: story.KeyRefused, Kind: RefusalKind, Doc: "refused with exactly this code"},
		{Name: "rule", Kind: RuleKind, Doc: "the rule that the refusal names"},
		{Name: "native", Kind: AnythingKind, Doc: "the product's own number or name"},
		{Name: "shown", Kind: AnythingKind, Doc: "the words that the product shows its user"},
		{Name: "pending", Kind: TrueKind, Doc: "accepted and not finished"},
		{Name: "crashed", Kind: TrueKind, Doc: "an armed crash struck"},
		{Name: "events", Kind: EventsKind, Doc: "these, in this order; others may lie between"},
		{Name: "events_exactly", Kind: EventsKind, Doc: "these and no others"},
		{Name: "output", Kind: MatchersKind, Doc: "a field of the result and a matcher each"},
		{Name: "elapsed", Kind: DurationKind, Doc: "of the world's time, from the action's start to its end"},
	}
	return check, outcome
}

func expectPlace() Place {
	check, outcome := expectFields()
	var fields []Field
	for _, f := range append(outcome, check...) {
		if f.Name != "since" {
			fields = append(fields, f)
		}
	}
	return Place{"expect", fields}
}

func checkPlace() Place {
	check, outcome := expectFields()
	for _, f := range outcome {
		if f.Name == "events" {
			check = append(check, f)
		}
	}
	return Place{"check", check}
}

// RowName matches the name of a row, which becomes a part of an instance's id.
var RowName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`) })

var Slug = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`) })
