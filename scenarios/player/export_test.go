package player

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Try holds a value against a matcher, and gives what does not fit.
func (p *Player) Try(n *syntax.Node, got any, there bool) []string {
	var all []string
	for _, f := range p.match(n, got, there, "value") {
		all = append(all, f.what+": want "+f.expected+", got "+f.got)
	}
	return all
}

// Keep saves a value that the world gave, as a step would.
func (p *Player) Keep(name string, v any) {
	p.root.saved[name] = v
	if s, ok := v.(authn.Secret); ok {
		p.masks.draw(name, s)
	}
}

// Value works a node out.
func (p *Player) Value(n *syntax.Node) (any, error) { return p.value(n) }

// Show writes a value as a report would.
func (p *Player) Show(kind string, v any) string { return p.show(kind, v) }

// Redact takes secrets out of a text.
func (p *Player) Redact(text string) string { return p.masks.redact(text) }

// Draw reads n bytes of a stream.
func Draw(seed int64, before int, site, purpose string, n int) []byte {
	c := newChance(seed)
	b := make([]byte, n)
	for range before + 1 {
		_, _ = c.stream(authn.Site(site), purpose).Read(b)
	}
	return b
}
