package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type explainOptions struct {
	deps *app.Deps

	words string
}

func newExplainCmd(d *app.Deps) *cobra.Command {
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

// topic is one thing that can be explained.
type topic struct {
	Kind string   `json:"kind"`
	Name string   `json:"name"`
	Text []string `json:"text"`
	facts
	// aliases are other spellings that mean exactly this.
	aliases []string
}

// facts are what the text says, as fields for a program; each kind has its own.
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

// mostTopics is how many topics are explained in full; of more, the names.
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

// mostListed is how many topics are listed with a line each; of more, those that
// have the words in their names, and the others by name alone.
const mostListed = 24

// listed returns a line for each topic, or for as many as can be read.
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

// explainable says what can be explained, for want of a word.
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

// match finds the topics that words mean: all of a kind, those of exactly that
// name with the codes of which it is a part, else those that speak of all the
// words, those that have them in their names first.
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

// nothingFound offers what is near.
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
