package scenario

// Finding holds the meaning of a finding's code, and its remedy.
type Finding struct{ Code, What, Help string }

// Findings has a row for every code; codes are never renumbered. Those from
// OA401 are warnings.
var Findings = []Finding{
	{"OA001", "the file is no YAML, or not UTF-8",
		"look at the place that is shown: a tab in the indentation, a quote that is not closed, a dash that does " +
			"not line up"},
	{"OA002", "there is a second document in the file", "one file tells one story: write another file"},
	{"OA003", "the file is of another version of the format", "this program reads scenario/v1 and fixture/v1"},
	{"OA004", "the file, or a value with what it names put in, is larger than what is taken",
		"1 MB, 100,000 nodes, 10,000 nodes from aliases; 1 MB a value: split the story"},
	{"OA101", "there is no such key in this place",
		"unknown keys are refused so that no typo is missed; the message names the nearest key"},
	{"OA103", "a key stands there twice", "keep one of the two"},
	{"OA104", "a reference between { } or [ ] has no quotes",
		"write \"${saved.pin}\": the brace means something to YAML there"},
	{"OA105", "a fixture is not there, lies above the suite, or fixtures use each other in a circle",
		"a fixture is named relative to the file that uses it"},
	{"OA106", "two fixtures say different things of one actor or fragment", "give one of them another name"},
	{"OA107", "the merge key << is not taken", "use a fixture or a fragment"},
	{"OA201", "a mapping, a list or a word is expected", "look at the place that is shown"},
	{"OA202", "the value is of another type", "digits are text and need quotes, spans of time need a unit: \"0042\", 5s"},
	{"OA203", "two things contradict each other",
		"an action is accepted or refused, not both; a secret is no name; a time lies within the story"},
	{"OA204", "a step does nothing, or two things", "a step does one thing; begin the next with a dash"},
	{"OA205", "an id or a name is there twice", "give one of them another"},
	{"OA206", "a reference or a sum cannot be", "there are ${root.name} and sums with + and -, and nothing else"},
	{"OA207", "a key that must be there is missing", "add it"},
	{"OA208", "a regular expression cannot be read", "the syntax is RE2's"},
	{"OA210", "the rows of cases have different keys", "each row has the same keys"},
	{"OA301", "there is no such refusal", "\"offauth explain codes\" lists them"},
	{"OA302", "there is no such event", "\"offauth explain events\" lists them"},
	{"OA303", "the verb is never refused with this code",
		"the codes that it can be refused with are named: they are those of the verb's row in docs/scenarios/reference.md"},
	{"OA304", "there is no such actor, or two could be meant", "name one of the actors with by or for"},
	{"OA305", "await names an id that no step before it has", "give the step that waits an id"},
	{"OA306", "there is no such fragment, or it cannot be called so",
		"the fragments of the file and its fixtures are named"},
	{"OA307", "the value is none of those that are accepted", "they are named"},
	{"OA308", "an actor of this role cannot do that", "a phone shows PINs, a workstation takes them"},
	{"OA309", "the verb, event or refusal is one of another profile",
		"the verbs of a profile: offauth scenario schema --profile hypr"},
	{"OA310", "a setting is out of the range of its rule", "the rule and its range are named"},
	{"OA311", "there is no such path below state", "the message lists the paths"},
	{"OA401", "the story checks nothing", "say with expect or check what must be"},
	{"OA402", "the name is not that of the file", "rename one of the two"},
	{"OA403", "a fragment, a var or a saved value is used nowhere", "take it away"},
	{"OA404", "it waits longer than anything lasts, and then checks nothing", "check what the wait did"},
	{"OA405", "a tag is used once, and looks like another", "correct it"},
}
