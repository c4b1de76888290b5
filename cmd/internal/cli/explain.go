package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
)

type explainOptions struct {
	deps *app.Deps

	words string
}

func newExplain(d *app.Deps) *cobra.Command {
	o := &explainOptions{deps: d}
	return &cobra.Command{
		Use: "explain [word ...]", GroupID: app.GroupLook,
		Short: "say what a code, a rule, a message or an event means",
		Long: `Say what something means: every cause, what to do, and the rules with their
sources. A word is a code (pin_expired), a rule (H34), what the product shows
('PIN is expired.'), a kind of event (pin_shown), an exit code (5), a setting
(hypr.pins.count), or any words. "codes", "rules", "events", "exits" and
"settings" list all there are. It needs no world.`,
		Example: `  offauth explain pin_expired
  offauth explain H34
  offauth explain 'PIN is expired.'`,
		Annotations: app.Takes("word", app.Repeated),
		Args:        cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.words = strings.TrimSpace(strings.Join(args, " "))
			return runExplain(cmd.Context(), o)
		},
	}
}

// topic is one entry that explain prints.
type topic struct {
	Kind string   `json:"kind"`
	Name string   `json:"name"`
	Text []string `json:"text"`
	facts
	// aliases are other exact names of the topic.
	aliases []string
}

// facts are the fields of a topic in JSON; each kind has its own.
type facts struct {
	Message string           `json:"message"`
	Family  authn.FamilyName `json:"family,omitempty"`
	Refusal *bool            `json:"refusal,omitempty"`
	Shown   string           `json:"shown,omitempty"`
	Native  string           `json:"native,omitempty"`
	Causes  []string         `json:"causes,omitempty"`
	Hints   []string         `json:"hints,omitempty"`
	Exit    *authn.Exit      `json:"exit,omitempty"`
	Rules   []authn.RuleID   `json:"rules,omitempty"`
	Codes   []string         `json:"codes,omitempty"`
	Source  authn.Source     `json:"source,omitempty"`
	Site    authn.Role       `json:"site,omitempty"`
	Fields  []string         `json:"fields,omitempty"`
	Default string           `json:"default,omitempty"`
	Range   string           `json:"range,omitempty"`
}

// mostTopics is the largest number of topics that are explained in full; beyond
// it only names are listed.
const mostTopics = 6

func runExplain(_ context.Context, o *explainOptions) error {
	d := o.deps
	all := topics()
	if o.words == "" {
		return d.Print(explainable(all))
	}
	found := match(all, o.words)
	if len(found) == 0 {
		return nothingFound(all, o.words)
	}
	rep := app.Report{Result: app.ListOf(found)}
	if len(found) > mostTopics {
		rep.Lines, rep.Hints = listed(found, o.words), []string{"offauth explain " + app.ShellWord(found[0].Name)}
	} else {
		for i, t := range found {
			if i > 0 {
				rep.Lines = append(rep.Lines, "")
			}
			rep.Lines = append(rep.Lines, t.lines()...)
		}
	}
	rep.Bare = rep.Lines
	return d.Print(rep)
}

// mostListed is the largest number of topics that get a line each; beyond it,
// only those with the words in their names do.
const mostListed = 24

// listed returns one line for each topic, or for as many as are readable.
func listed(found []topic, words string) []string {
	var lines []string
	var kinds []string
	rest := map[string][]string{}
	for _, t := range found {
		if len(found) <= mostListed || t.Kind+"s" == strings.ToLower(words) || t.named(words) {
			lines = append(lines, t.Kind+" "+t.Name+": "+t.Text[0])
			continue
		}
		if rest[t.Kind] == nil {
			kinds = append(kinds, t.Kind)
		}
		rest[t.Kind] = append(rest[t.Kind], t.Name)
	}
	for _, kind := range kinds {
		lines = append(lines, "more "+kind+"s that speak of it: "+strings.Join(rest[kind], ", "))
	}
	return lines
}

// named reports whether each of the words is a part of the topic's name.
func (t topic) named(words string) bool {
	parts := strings.FieldsFunc(strings.ToLower(t.Name), func(r rune) bool { return r == '_' || r == '.' })
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !slices.ContainsFunc(parts, func(p string) bool { return p == w || p == w+"s" }) {
			return false
		}
	}
	return true
}

// explainable returns the report of the kinds of topics.
func explainable(all []topic) app.Report {
	var kinds []string
	count := map[string]int{}
	for _, t := range all {
		if count[t.Kind]++; count[t.Kind] == 1 {
			kinds = append(kinds, t.Kind)
		}
	}
	rep := app.Report{}
	var items []map[string]any
	for _, k := range kinds {
		rep.Lines = append(rep.Lines, fmt.Sprintf("%d %ss: offauth explain %ss", count[k], k, k))
		items = append(items, map[string]any{"kind": k, "count": count[k]})
	}
	rep.Result, rep.Bare = app.ListOf(items), rep.Lines
	return rep
}

func (t topic) lines() []string {
	return append([]string{t.Kind + " " + t.Name}, app.Indent(t.Text)...)
}

// match returns the topics for some words: all of a kind; or the topic of
// exactly that name and the codes that contain it; or the topics whose text has
// all the words, with matches in names first.
func match(all []topic, words string) []topic {
	same := func(a string) bool {
		return strings.EqualFold(strings.TrimRight(a, ". "), strings.TrimRight(words, ". "))
	}
	var exact, codes, about []topic
	for _, t := range all {
		switch {
		case strings.EqualFold(words, t.Kind+"s"):
			about = append(about, t)
		case same(t.Name) || slices.ContainsFunc(t.aliases, same):
			exact = append(exact, t)
		case t.Kind == "code" && t.named(words):
			codes = append(codes, t)
		case speaksOf(t, words):
			about = append(about, t)
		}
	}
	if len(exact) > 0 {
		return append(codes, exact...)
	}
	return append(codes, about...)
}

func speaksOf(t topic, words string) bool {
	text := strings.ToLower(t.Name + "\n" + strings.Join(t.aliases, "\n") + "\n" + strings.Join(t.Text, "\n"))
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// nothingFound returns an error with similar names.
func nothingFound(all []topic, words string) error {
	var spellings []string
	for _, t := range all {
		spellings = append(append(spellings, t.Name), t.aliases...)
	}
	f := &authn.Fault{Code: app.CodeNothingFound, Message: "there is nothing to explain about " + app.ShellWord(words)}
	for _, n := range app.Nearest(words, spellings) {
		f.Hints = append(f.Hints, "offauth explain "+app.ShellWord(n))
	}
	if len(f.Hints) > 3 {
		f.Hints = f.Hints[:3]
	}
	f.Hints = append(f.Hints, "offauth explain codes")
	return f
}

// library holds the tables that explain reads.
type library struct {
	rules map[authn.RuleID]authn.Rule
	codes []authn.CodeSpec
	// named maps a rule to the codes that refer to it.
	named map[authn.RuleID][]string
}

func newLibrary() library {
	l := library{rules: map[authn.RuleID]authn.Rule{}, codes: app.AllCodes(), named: map[authn.RuleID][]string{}}
	for _, r := range authn.Rules() {
		l.rules[r.ID] = r
	}
	for _, spec := range l.codes {
		for _, id := range l.rulesOf(spec) {
			l.named[id] = append(l.named[id], string(spec.Code))
		}
	}
	return l
}

// peopleSay maps common words to the topics they mean, whose names do not
// contain them.
var peopleSay = map[string][]string{
	"not cached":                  {string(hypr.CodeNotPrimed)},
	"cached":                      {string(hypr.CodeNotPrimed)},
	"your domain isn't available": {string(hypr.CodeNotPrimed), string(hypr.CodeWorkstationUnreachable)},
	"clock":                       slices.Concat(clockCodes, []string{string(sim.EventClockSetBack), "A8", "O47"}),
	"skew":                        slices.Concat(clockCodes, []string{"O47"}),
	"lock":                        lockCodes,
	"lockout":                     lockCodes,
	"locked out":                  lockCodes,
	"account locked":              lockCodes,
}

// lockCodes are the codes of everything that locks a user out.
var lockCodes = []string{
	string(hypr.CodeDirectoryLocked), string(encap.CodeMethodLocked), string(encap.CodeDeviceLocked),
	string(encap.CodeBiometricsLocked), string(onespan.CodeUserLocked), string(onespan.CodeDataLocked),
}

// clockCodes are the codes that a wrong clock causes.
var clockCodes = []string{
	string(hypr.CodePINExpired), string(encap.CodeSessionExpired), string(encap.CodeWrongCode),
	string(sim.EventClockSkewed),
}

// topics returns everything that can be explained, the most common kinds first.
func topics() []topic {
	l := newLibrary()
	var all []topic
	for _, spec := range l.codes {
		all = append(all, l.codeTopic(spec))
	}
	for _, kind := range verb.Kinds() {
		all = append(all, kindTopic(kind))
	}
	for _, s := range app.DefaultSettings() {
		all = append(all, settingTopic(s))
	}
	for code, text := range app.ExitText {
		all = append(all, l.exitTopic(authn.Exit(code), text))
	}
	for _, rule := range authn.Rules() {
		all = append(all, l.ruleTopic(rule))
	}
	for words, mean := range peopleSay {
		for i := range all {
			if slices.Contains(mean, all[i].Name) {
				all[i].aliases = append(all[i].aliases, words)
			}
		}
	}
	return all
}

// codeTopic explains a refusal or a fault.
func (l library) codeTopic(spec authn.CodeSpec) topic {
	t := topic{Kind: "code", Name: string(spec.Code), Text: []string{spec.Message}}
	what := "fault: offauth, or what it was given, is wrong; nothing of the action is kept"
	if spec.Refusal {
		what = "refusal of the family " + string(spec.Family) + ": the product says no, and what was counted stays counted"
	}
	t.Text = append(t.Text, what)
	if spec.Shown != "" {
		t.aliases = append(t.aliases, spec.Shown)
		t.Text = append(t.Text, fmt.Sprintf("the product shows its user: %q", spec.Shown))
	}
	if spec.Native != "" {
		t.aliases = append(t.aliases, spec.Native)
		t.Text = append(t.Text, "the product's own name for it: "+spec.Native)
	}
	if len(spec.Causes) > 0 {
		t.Text = append(append(t.Text, "causes:"), app.Bullets(spec.Causes)...)
	}
	t.Text = append(t.Text, "what to do: "+spec.Hint)
	t.Text = append(t.Text, fmt.Sprintf("exit code: %d, %s", spec.Exit, app.ExitText[spec.Exit]))
	t.Text = append(t.Text, l.rulesText(l.rulesOf(spec))...)
	t.facts = facts{
		Message: spec.Message, Family: spec.Family, Refusal: &spec.Refusal, Shown: spec.Shown,
		Native: spec.Native,
		Causes: spec.Causes, Hints: []string{spec.Hint}, Exit: &spec.Exit, Rules: l.rulesOf(spec),
	}
	return t
}

// settingTopic explains a setting.
func settingTopic(s authn.SettingView) topic {
	f := facts{Message: s.Doc, Default: s.Default, Range: s.Range.String()}
	if s.Rule != "" {
		f.Rules = []authn.RuleID{s.Rule}
	}
	return topic{Kind: "setting", Name: string(s.Key), Text: append([]string{s.Doc}, app.SettingText(s)...), facts: f}
}

// rulesOf returns the rules in a code's row and in its causes.
func (l library) rulesOf(spec authn.CodeSpec) []authn.RuleID {
	ids := slices.Clone(spec.Rules)
	for _, cause := range spec.Causes {
		for _, word := range strings.FieldsFunc(cause, func(r rune) bool { return strings.ContainsRune(" (),;:.", r) }) {
			id := authn.RuleID(word)
			if _, ok := l.rules[id]; ok && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func (l library) rulesText(ids []authn.RuleID) []string {
	if len(ids) == 0 {
		return nil
	}
	lines := []string{"rules:"}
	for _, id := range ids {
		lines = append(lines, "- "+app.RuleText(l.rules[id]))
	}
	return lines
}

// ruleTopic explains a rule: its text, its source, and the codes that refer to
// it.
func (l library) ruleTopic(r authn.Rule) topic {
	lines := []string{r.Text, "source: " + sourceText(r.Source)}
	if codes := l.named[r.ID]; len(codes) > 0 {
		lines = append(lines, "refusals by it: "+strings.Join(codes, ", "))
	}
	return topic{Kind: "rule", Name: string(r.ID), Text: lines,
		facts: facts{Message: r.Text, Source: r.Source, Codes: l.named[r.ID]}}
}

func sourceText(s authn.Source) string {
	switch s {
	case authn.Doc:
		return "doc: it stands in the product's own documents"
	case authn.Public:
		return "public: it was found in the vendor's public pages"
	}
	return "choice: offauth's own, as nothing public was found"
}

// kindTopic explains a kind of event.
func kindTopic(k authn.KindSpec) topic {
	where := "any site"
	if k.Role != "" {
		where = "site: " + string(k.Role)
	}
	lines := []string{k.Meaning, where}
	if len(k.Fields) > 0 {
		lines = append(lines, "fields: "+strings.Join(k.Fields, ", "))
	}
	see := "offauth log --kind " + string(k.Kind)
	return topic{Kind: "event", Name: string(k.Kind), Text: append(lines, "see them: "+see),
		facts: facts{Message: k.Meaning, Family: k.Family, Site: k.Role, Fields: k.Fields,
			Hints: []string{see}}}
}

// exitTopic explains an exit code.
func (l library) exitTopic(code authn.Exit, text string) topic {
	lines := []string{text}
	var codes []string
	for _, spec := range l.codes {
		if spec.Exit == code && !slices.Contains(codes, string(spec.Code)) {
			codes = append(codes, string(spec.Code))
		}
	}
	if len(codes) > 0 {
		lines = append(lines, "codes: "+strings.Join(codes, ", "))
	}
	n := strconv.Itoa(int(code))
	return topic{Kind: "exit", Name: n, Text: lines, aliases: []string{"exit " + n, "exit code " + n},
		facts: facts{Message: text, Exit: &code, Codes: codes}}
}
