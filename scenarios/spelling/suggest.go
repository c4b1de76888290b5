package spelling

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/scenarios/story"
)

// synonyms maps words of other tools to the names that they correspond to.
var synonyms = map[string][]string{
	"sleep": {"wait"}, "delay": {"wait"}, "pause": {"wait"}, "advance": {"wait"}, "assert": {"check", "expect"},
	"assertions": {"expect"}, "verify": {"check"},
	"include": {"use"}, "import": {"use"}, "extends": {"use"}, "fixtures": {"use"}, "capture": {"save"},
	"register": {"save"}, "set": {"save"}, "extract": {"save"},
	"error": {story.KeyRefused}, "fails": {story.KeyRefused}, "code": {story.KeyRefused}, "success": {"ok"},
	"network": {"link"}, "offline": {"link"}, "scenarios": {"cases"}, "examples": {"cases"}, "table": {"cases"},
	"parameters": {"params", "cases"},
	"title":      {"name", "phase"}, "section": {"phase"}, "loop": {"repeat"}, "times": {"repeat"}, "for_each": {"repeat"},
	"args": {"with"}, "arguments": {"with"}, "run": {"call"}, "invoke": {"call"},
	"teardown": {"cleanup"}, "after": {"cleanup"}, "before": {"setup"}, "variables": {"vars"}, "env": {"vars"},
	"functions": {"fragments"}, "procedures": {"fragments"}, "commands": {"steps"}, "tests": {"steps"},
	"if": {"when"}, "condition": {"when"}, "product": {"profile"}, "settings": {"policy"}, "config": {"policy"},
	"outputs": {"returns"}, "returns": {"output"}, "result": {"output"}, "response": {"output"},
	"snapshot": {"golden"}, "expected_failure": {"xfail"}, "time": {"clock"}, "now": {"clock"}, "start_time": {"clock"},
	"sites": {"actors"}, "devices": {"actors"}, "reboot": {"restart"}, "kill": {"crash"},
	"not_cached":     {string(hypr.CodeNotPrimed), string(onespan.CodeNoData)},
	"no_cached_data": {string(onespan.CodeNoData)},
	"expired":        {string(hypr.CodePINExpired), string(encap.CodeSessionExpired)},
	"locked_out": {
		string(hypr.CodeDirectoryLocked), string(encap.CodeMethodLocked), string(onespan.CodeUserLocked),
	},
	"equal": {"eq"}, "equals": {"eq"}, "is": {"eq"}, "less": {"lt"}, "lessthan": {"lt"}, "less_than": {"lt"},
	"below": {"lt"}, "greater": {"gt"}, "greater_than": {"gt"}, "above": {"gt"}, "more": {"gt"},
	"min": {"ge"}, "least": {"ge"}, "most": {"le"}, "under": {"lt"}, "over": {"gt"}, "at_least": {"ge"}, "max": {"le"},
	"at_most": {"le"}, "in": {"one_of"}, "enum": {"one_of"}, "range": {"between"}, "regex": {"matches"},
	"regexp": {"matches"}, "match": {"matches"},
	"text": {"string"}, "number": {"integer"}, "int": {"integer"}, "bool": {"boolean"}, "span": {"duration"},
	"length": {"len"}, "size": {"len"}, "missing": {"absent"}, "none": {"absent"},
}

// Suggest returns the help for a word that is not one of the names: the name for a word
// of another tool, or the nearest name, or all names if there are few. It points out a
// character that only looks like one of a name.
func Suggest(word string, names []string) string {
	for _, s := range synonyms[strings.ToLower(word)] {
		if slices.Contains(names, s) {
			return `did you mean "` + s + `"?`
		}
	}
	near := Nearest(word, names)
	if near == "" {
		return OneOf(names)
	}
	help := `did you mean "` + near + `"?`
	for _, r := range word {
		if r >= utf8.RuneSelf && !strings.ContainsRune(near, r) {
			return help + fmt.Sprintf(" The sign %q in it is U+%04X", r, r)
		}
	}
	return help
}

// OneOf returns the help "one of: ...", or "" if there are too many names.
func OneOf(names []string) string {
	if len(names) == 0 || len(names) > 16 {
		return ""
	}
	return "one of: " + strings.Join(slices.Sorted(slices.Values(names)), ", ")
}

// Nearest returns the name with the smallest distance from a word: at most two, or a
// third of a long word. It returns "" if there is none.
func Nearest(word string, names []string) string {
	best, off := "", 0
	if len([]rune(word)) < 3 {
		return "" // two letters resemble anything
	}
	lower := strings.ToLower(word)
	for _, name := range names {
		d := Distance(lower, strings.ToLower(name))
		most := max(2, len([]rune(word))/3)
		if d > most || d >= len([]rune(name)) || d >= len([]rune(word)) || !nearByWords(lower, strings.ToLower(name)) {
			continue
		}
		if best == "" || d < off {
			best, off = name, d
		}
	}
	return best
}

// nearByWords reports whether each word of a name resembles that of the other, so that
// not_cached does not match not_locked.
func nearByWords(a, b string) bool {
	between := func(r rune) bool { return r == '_' || r == ' ' || r == '-' || r == '.' }
	one, other := strings.FieldsFunc(a, between), strings.FieldsFunc(b, between)
	if len(one) < 2 || len(one) != len(other) {
		return true
	}
	for i := range one {
		if Distance(one[i], other[i]) > max(2, len([]rune(one[i]))/3) {
			return false
		}
	}
	return true
}
