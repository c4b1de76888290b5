package player

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Try compares a value with a matcher, and returns the differences.
func (p *Player) Try(n *syntax.Node, got any, there bool) []string {
	var all []string
	for _, f := range p.judge.Match(n, got, there, "value") {
		all = append(all, f.What+": want "+f.Expected+", got "+f.Got)
	}
	return all
}

// Keep saves a value, as a step would.
func (p *Player) Keep(name string, v any) {
	p.stack.root.saved[name] = v
	if s, ok := v.(authn.Secret); ok {
		p.masks.AddDrawn(name, s)
	}
}

// Value evaluates a node.
func (p *Player) Value(n *syntax.Node) (any, error) { return p.judge.Value(n) }

// Show returns a value as a report shows it.
func (p *Player) Show(kind string, v any) string { return p.masks.Show(kind, v) }

// Redact masks secrets in a text.
func (p *Player) Redact(text string) string { return p.masks.Redact(text) }
