package player

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Try holds a value against a matcher, and returns what does not fit.
func (p *Player) Try(n *syntax.Node, got any, there bool) []string {
	var all []string
	for _, f := range p.judge.Match(n, got, there, "value") {
		all = append(all, f.What+": want "+f.Expected+", got "+f.Got)
	}
	return all
}

// Keep saves a value that the world gave, as a step would.
func (p *Player) Keep(name string, v any) {
	p.stack.root.saved[name] = v
	if s, ok := v.(authn.Secret); ok {
		p.masks.AddDrawn(name, s)
	}
}

// Value works a node out.
func (p *Player) Value(n *syntax.Node) (any, error) { return p.judge.Value(n) }

// Show writes a value as a report would.
func (p *Player) Show(kind string, v any) string { return p.masks.Show(kind, v) }

// Redact takes secrets out of a text.
func (p *Player) Redact(text string) string { return p.masks.Redact(text) }
