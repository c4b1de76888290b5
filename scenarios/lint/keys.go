package lint

import "sync"

// kind is what may stand behind a key.
type kind string

const (
	kText      kind = "text"
	kSlug      kind = "slug"
	kSlugs     kind = "slugs"
	kPaths     kind = "paths"
	kNames     kind = "names"
	kRules     kind = "rules"
	kBool      kind = "boolean"
	kTrue      kind = "true"
	kInt       kind = "integer"
	kDuration  kind = "duration"
	kInstant   kind = "instant"
	kChoice    kind = "choice"
	kPolicy    kind = "policy"
	kMapOf     kind = "map of"  // names to places
	kValues    kind = "values"  // names to values
	kMatchers  kind = "matches" // names to matchers
	kListOf    kind = "list of" // places
	kPlace     kind = "place"
	kSteps     kind = "steps"
	kLinks     kind = "links"
	kAxes      kind = "axes"
	kCounts    kind = "counts"
	kEvents    kind = "events"
	kRefusal   kind = "refusal"
	kSaves     kind = "saves"
	kExpect    kind = "expect"
	kWords     kind = "words" // a list of names, or one word of choice
	kGolden    kind = "golden"
	kRule      kind = "rule"
	kAnything  kind = "anything"
	kActorName kind = "actor"
)

// field is a key of a place.
type field struct {
	name     string
	kind     kind
	required bool
	// choice are the words of a kChoice and kWords, place the name of the place
	// of a kPlace, kMapOf and kListOf.
	choice []string
	place  string
	doc    string
}

// place is a mapping of a file: which keys it takes.
type place struct {
	name   string
	fields []field
}

func (p place) names() []string {
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.name
	}
	return names
}

func (p place) field(name string) (field, bool) {
	for _, f := range p.fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

// roles are those of actors; profiles those of a file.
var (
	roles    = []string{"phone", "workstation", "server", "provider", "admin"}
	profiles = []string{"hypr", "hypr@classic", "hypr@current", "encap", "onespan"}
	uplinks  = []string{"up", "down", "captive"}
	types    = []string{"string", "integer", "boolean", "duration", "instant"}
)

// shared are the keys of scenarios and fixtures alike, in the order in which
// fmt writes them.
func shared() map[string]field {
	fields := map[string]field{}
	for _, f := range []field{
		{name: "description", kind: kText, doc: "what it tells; shown by list, explain and reports"},
		{name: "profile", kind: kChoice, choice: profiles, doc: "the product whose verbs there are"},
		{name: "use", kind: kPaths, doc: "fixtures, relative to this file"},
		{name: "policy", kind: kPolicy, doc: "the administrator's settings, without the family"},
		{name: "actors", kind: kMapOf, place: "actor", doc: "who acts: a name and a role each"},
		{name: "vars", kind: kValues, doc: "constants: ${vars.NAME}"},
		{name: "secrets", kind: kNames, doc: "the vars that every output masks"},
		{name: "link", kind: kLinks, doc: "the links before setup; all are up if left out"},
		{name: "setup", kind: kSteps, doc: "steps before the story; a failure here is an error"},
		{name: "fragments", kind: kMapOf, place: "fragment", doc: "procedures, for call"},
	} {
		fields[f.name] = f
	}
	return fields
}

// places gives every place of the format by its name.
var places = sync.OnceValue(func() map[string]place {
	s := shared()
	all := map[string]place{}
	for _, p := range []place{
		{"scenario", []field{
			{name: "offauth", kind: kChoice, required: true, choice: []string{"scenario/v1"}, doc: "the format and its version"},
			{name: "name", kind: kSlug, required: true, doc: "a-z, 0-9 and -, as the file is called"},
			s["description"],
			{name: "tags", kind: kSlugs, doc: "for selecting"},
			{name: "rules", kind: kRules, doc: "rules that it proves beside those that its expectations name"},
			s["profile"], s["use"], s["policy"], s["actors"], s["vars"], s["secrets"],
			{name: "clock", kind: kPlace, place: "clock", required: true, doc: "the world's time at first: {start: 2026-03-02T08:00:00Z}"},
			s["link"],
			{name: "seed", kind: kInt, doc: "of the streams of chance; 0 if left out"},
			{name: "timeout", kind: kPlace, place: "timeout", doc: "guards against a story without end"},
			{name: "matrix", kind: kPlace, place: "matrix", doc: "axes: the story is played for each of their points"},
			{name: "cases", kind: kListOf, place: "case", doc: "rows: the story is played for each"},
			s["setup"],
			{name: "steps", kind: kSteps, required: true, doc: "the story"},
			{name: "cleanup", kind: kSteps, doc: "steps that are always done; a failure here is told apart"},
			{name: "invariants", kind: kWords, choice: []string{"all", "none"}, doc: "names, all or none"},
			s["fragments"],
			{name: "expect", kind: kExpect, doc: "what holds at the end"},
			{name: "golden", kind: kGolden, doc: "true, or the path of a file with the transcript"},
			{name: "xfail", kind: kPlace, place: "xfail", doc: "it must fail, and why"},
			{name: "skip", kind: kText, doc: "why it is not played"},
		}},
		{"fixture", []field{
			{name: "offauth", kind: kChoice, required: true, choice: []string{"fixture/v1"}, doc: "the format and its version"},
			{name: "name", kind: kSlug, doc: "a-z, 0-9 and -"},
			s["description"], s["profile"], s["use"], s["policy"], s["actors"], s["vars"], s["secrets"], s["link"], s["setup"], s["fragments"],
		}},
		{"actor", []field{
			{name: "role", kind: kChoice, required: true, choice: roles, doc: "what it is"},
			{name: "user", kind: kText, doc: "whose phone it is; alice if left out"},
			{name: "clock", kind: kDuration, doc: "how far its clock is off at first; negative is behind"},
			{name: "version", kind: kText, doc: "the client's version; the newest if left out (H43)"},
			{name: "platform", kind: kChoice, choice: []string{"android", "ios"}, doc: "of a phone; android if left out"},
			{name: "no_tray", kind: kBool, doc: "true for a workstation without OneSpan's Tray Agent (O56)"},
		}},
		{"clock", []field{
			{name: "start", kind: kInstant, required: true, doc: "RFC 3339, such as 2026-03-02T08:00:00Z"},
			{name: "zone", kind: kText, doc: "for display alone"},
		}},
		{"timeout", []field{
			{name: "virtual", kind: kDuration, doc: "of the world's time; 400d if left out"},
			{name: "wall", kind: kDuration, doc: "of real time, against a hang; 10m if left out"},
			{name: "actions", kind: kInt, doc: "100000 if left out"},
		}},
		{"matrix", []field{{name: "axes", kind: kAxes, required: true, doc: "a name and a list of values each"}}},
		{"xfail", []field{
			{name: "reason", kind: kText, required: true, doc: "why it must fail"},
			{name: "rule", kind: kRule, doc: "the rule that it fails by"},
			{name: "at", kind: kText, doc: "the id of the step or the title of the phase in which it fails"},
		}},
		{"fragment", []field{
			{name: "description", kind: kText, doc: "what it does"},
			{name: "params", kind: kMapOf, place: "param", doc: "what it takes: ${params.NAME}"},
			{name: "steps", kind: kSteps, required: true, doc: "what it does"},
			{name: "returns", kind: kValues, doc: "what it hands out"},
		}},
		{"param", []field{
			{name: "type", kind: kChoice, choice: types, doc: "any if left out"},
			{name: "default", kind: kAnything, doc: "taken where the call gives none"},
			{name: "description", kind: kText, doc: "what it is for"},
		}},
		stepPlace(), expectPlace(), checkPlace(),
		{"skew", []field{
			{name: "offset", kind: kDuration, doc: "how far ahead of the world; negative is behind"},
			{name: "set", kind: kInstant, doc: "what the clock is set to"},
		}},
		{"crash", []field{
			{name: "actor", kind: kActorName, doc: "who is told nothing"},
			{name: "at_put", kind: kInt, required: true, doc: "1: before the next action is on disk; 2: after it, before it is told"},
		}},
		{"fault", []field{
			{name: "drop", kind: kText, doc: "the kind of message that is lost"},
			{name: "replay", kind: kText, doc: "the kind of message that comes twice"},
			{name: "tamper", kind: kText, doc: "the kind of message that is changed"},
			{name: "nth", kind: kInt, doc: "which one, from 1; the next if left out"},
		}},
		{"bluetooth", []field{
			{name: "phone", kind: kActorName, doc: "the phone"},
			{name: "workstation", kind: kActorName, doc: "the workstation"},
			{name: "state", kind: kChoice, required: true, choice: []string{"up", "down"}, doc: "up or down"},
		}},
	} {
		all[p.name] = p
	}
	return all
})
