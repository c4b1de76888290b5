// Package check checks values, matchers, expectations and settings.
package check

import (
	"fmt"
	"math"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/syntax"
)

// values checks values and matchers.
type values struct{ resolve.References }

// Value checks a value of a simple kind without references.
func (l *values) Value(label string, f shape.Field, n *syntax.Node) {
	wrong := func(want, help string) {
		l.Foundf(n.Pos, "OA202", help, "%s must be %s, got %s", label, want, resolve.Say(n))
	}
	switch f.Kind {
	case shape.TextKind, shape.GoldenKind, shape.ActorNameKind, shape.RuleKind:
		l.Text(label, n)
	case shape.SlugKind:
		if l.Text(label, n) && !shape.Slug().MatchString(n.Text) {
			wrong("lower-case letters, digits and -", "such as pins-run-out")
		}
	case shape.BoolKind, shape.TrueKind:
		if n.Kind != syntax.Bool {
			wrong("true or false", truth(n))
		} else if f.Kind == shape.TrueKind && n.Text != "true" {
			l.Foundf(n.Pos, "OA203", "leave it out", "%s can only be true", label)
		}
	case shape.IntKind:
		if _, ok := resolve.Integer(n); !ok {
			wrong("a whole number", wholeNumber(n))
		}
	case shape.DurationKind:
		if _, ok := resolve.Duration(n); !ok {
			help := "write 500ms, 5s, 1h30m or 1w2d"
			if n.Kind == syntax.Int {
				help = fmt.Sprintf("a bare number has no unit: write %ss, %sm or %sd", n.Text, n.Text, n.Text)
			}
			wrong("a duration", help)
		}
	case shape.InstantKind:
		if _, ok := resolve.Instant(n); !ok {
			wrong("an instant", "RFC 3339 with an offset, such as 2026-03-02T08:00:00Z")
		}
	case shape.ChoiceKind:
		l.Choice(label, f.Choice, n)
	}
}

// Text reports whether a node is a text, and adds a finding if not.
func (l *values) Text(label string, n *syntax.Node) bool {
	switch n.Kind {
	case syntax.Text:
		return true
	case syntax.Int, syntax.Float:
		l.Foundf(n.Pos, "OA202", fmt.Sprintf("quote it, so that no digit is lost: %q", n.Text),
			"%s must be a text, got the number %s", label, n.Text)
	case syntax.Bool:
		help := fmt.Sprintf("quote it: %q", n.Text)
		if label == "skip" {
			help = "say why, as in skip: waits for the new server"
		}
		l.Foundf(n.Pos, "OA202", help, "%s must be a text, got %s", label, resolve.Say(n))
	default:
		l.Foundf(n.Pos, "OA202", "", "%s must be a text, got %s", label, resolve.Say(n))
	}
	return false
}

// Choice checks that a node is one of the words.
func (l *values) Choice(label string, words []string, n *syntax.Node) {
	for _, w := range words {
		if (n.Kind == syntax.Text || n.Kind == syntax.Bool) && n.Text == w {
			return
		}
	}
	if n.Kind == syntax.Map || n.Kind == syntax.List || n.Kind == syntax.Null {
		l.Foundf(n.Pos, "OA202", spelling.OneOf(words), "%s must be a word, got %s", label, resolve.Say(n))
		return
	}
	l.Foundf(n.Pos, "OA307", spelling.Suggest(n.Text, words), "%s cannot be %q", label, n.Text)
}

// Count checks that a node is a whole number of at least least, and returns it.
func (l *values) Count(label string, n *syntax.Node, least int64) int {
	v, ok := resolve.Integer(n)
	if !ok {
		l.Value(label, shape.Field{Kind: shape.IntKind}, n)
		return 0
	}
	if v < least || v > math.MaxInt32 {
		l.Foundf(n.Pos, "OA202", "", "%s must be at least %d, got the number %s", label, least, n.Text)
		return 0
	}
	return int(v)
}

// truth returns the help for a word that is a boolean in older YAML.
func truth(n *syntax.Node) string {
	if n.Kind != syntax.Text {
		return ""
	}
	switch strings.ToLower(n.Text) {
	case "yes", "on", "y", "true":
		return "write true"
	case "no", "off", "n", "false":
		return "write false"
	}
	return ""
}

// Keys checks the keys of a mapping, but not their values.
func (l *values) Keys(p shape.Place, n *syntax.Node) bool {
	if n.Kind != syntax.Map {
		l.Foundf(n.Pos, "OA201", spelling.OneOf(p.Names()), "%s must be a mapping, got %s", p.Name, resolve.Say(n))
		return false
	}
	for _, pair := range n.Pairs {
		if _, ok := p.Field(pair.Key); !ok && !strings.HasPrefix(pair.Key, "x-") {
			l.Foundf(pair.At, "OA101", spelling.Suggest(pair.Key, Unused(p, n)), "unknown key %q in %s", pair.Key, p.Name)
		}
	}
	for _, f := range p.Fields {
		if f.Required && n.Get(f.Name) == nil && !l.Misspelt(p, n, f.Name) {
			l.Foundf(n.Pos, "OA207", f.Doc, "the key %q is missing in %s", f.Name, p.Name)
		}
	}
	return true
}

// Unused returns the keys of a place that a mapping does not have.
func Unused(p shape.Place, n *syntax.Node) []string {
	var names []string
	for _, f := range p.Fields {
		if n.Get(f.Name) == nil {
			names = append(names, f.Name)
		}
	}
	return names
}

// Misspelt reports whether a missing key is present but misspelt, which is a finding
// already.
func (l *values) Misspelt(p shape.Place, n *syntax.Node, name string) bool {
	for _, pair := range n.Pairs {
		if _, known := p.Field(pair.Key); !known && spelling.Nearest(pair.Key, Unused(p, n)) == name {
			return true
		}
	}
	return false
}

// Rule checks that a node is the id of a rule.
func (l *values) Rule(n *syntax.Node) {
	if !l.Text("rule", n) {
		return
	}
	if !resolve.RuleIDs()[authn.RuleID(n.Text)] {
		l.Foundf(n.Pos, "OA307", "offauth explain lists the rules, such as H24", "no such rule: %q", n.Text)
	}
}
