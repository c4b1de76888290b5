package bigpin

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"
)

// The frame and what it leaves inside. maxInner keeps the card calm on a wide
// screen; minBar is the shortest bar under a PIN that is narrow.
const (
	padX     = 3
	frameX   = 2 * (1 + padX)
	maxInner = 110
	minBar   = 44
)

// Look has the colours of the parts of a card. The zero Look has none, and no
// part needs colour to be understood.
type Look struct {
	title, quiet, bar, warn, frame lipgloss.Style
}

// NewLook returns the colours for one output; the renderer knows its abilities and obeys
// NO_COLOR. They are the terminal's own colours, which suit dark and light backgrounds.
func NewLook(r *lipgloss.Renderer) Look {
	return Look{
		title: r.NewStyle().Bold(true),
		quiet: r.NewStyle().Faint(true),
		bar:   r.NewStyle().Foreground(lipgloss.Color("6")),
		warn:  r.NewStyle().Foreground(lipgloss.Color("3")).Bold(true),
		frame: r.NewStyle().BorderForeground(lipgloss.Color("8")),
	}
}

// plan is a layout of the card.
type plan struct {
	frame, air, big          bool
	head, facts, brief, keys bool
	// alone leaves out the time as well: a single row with the PIN.
	alone bool
}

// plans are sorted from the largest to the smallest; the first that fits is used. The PIN
// and the time left are dropped last.
var plans = []plan{
	{frame: true, air: true, big: true, head: true, facts: true, keys: true},
	{frame: true, big: true, head: true, facts: true, keys: true},
	{big: true, head: true, facts: true, keys: true},
	{big: true, head: true, brief: true, keys: true},
	{air: true, head: true, facts: true, keys: true},
	{head: true, facts: true, keys: true},
	{big: true, head: true, keys: true},
	{big: true},
	{head: true, brief: true, keys: true},
	{head: true, keys: true},
	{head: true},
	{},
	{alone: true},
}

// Fits reports whether a whole PIN can be shown on a screen of that size.
func Fits(c Card, width, height int) bool {
	for _, p := range plans {
		if _, fits := p.draw(c, c.ShownAt, width, height, Look{}); fits {
			return true
		}
	}
	return false
}

// Draw draws the card as it is at that instant, in the middle of a screen of
// that size and never outside it. It drops ornament first, then the facts, and
// shows a whole PIN or none: a screen that is too small shows what to do about
// it, as far as that fits.
func Draw(c Card, at time.Time, width, height int, look Look) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	for _, p := range plans {
		if block, fits := p.draw(c, at, width, height, look); fits {
			return lipgloss.Place(width, height, lipgloss.Center, lipgloss.Center, block)
		}
	}
	note := strings.Split(chop("make the window larger", width), "\n")
	return strings.Join(note[:min(len(note), height)], "\n")
}

func (p plan) draw(c Card, at time.Time, width, height int, look Look) (block string, fits bool) {
	inner := min(width, maxInner)
	if p.frame {
		inner = min(width-frameX, maxInner)
	}
	pin, fits := p.pin(c.text(), inner)
	if !fits {
		return "", false
	}
	block = p.stack(p.sections(c, at, pin, inner, look))
	if p.frame {
		block = frame(block, p.air, look)
	}
	if p.keys {
		block = lipgloss.JoinVertical(lipgloss.Center, block, "", look.quiet.Render(flow(keyHelp(), inner)))
	}
	return block, lipgloss.Width(block) <= width && lipgloss.Height(block) <= height
}

// pin is the widest form of the PIN that the plan allows and that fits.
func (p plan) pin(text string, inner int) (block string, fits bool) {
	if inner <= 0 {
		return "", false
	}
	if !p.big {
		for _, form := range textForms(text) {
			if lipgloss.Width(form) <= inner {
				return form, true
			}
		}
		return chop(text, inner), true
	}
	for _, form := range bigForms(text) {
		if lipgloss.Width(form) <= inner {
			return form, true
		}
	}
	return "", false
}

// sections are the parts of the card from top to bottom, each already as wide
// as it may be.
func (p plan) sections(c Card, at time.Time, pin string, inner int, look Look) []string {
	var parts []string
	if p.head {
		head := look.title.Render(wrap(c.title(), inner))
		if source := c.source(); source != "" && p.facts {
			head = lipgloss.JoinVertical(lipgloss.Center, head, look.quiet.Render(wrap(source, inner)))
		}
		parts = append(parts, head)
	}
	parts = append(parts, look.title.Render(pin))
	if !p.alone {
		length := min(max(lipgloss.Width(pin), minBar), inner)
		parts = append(parts, drawBar(c, at, length, look))
	}
	switch {
	case p.facts:
		parts = append(parts, drawFacts(c, at, inner, look))
	case p.brief:
		parts = append(parts, drawBrief(c, inner, look))
	}
	return parts
}

func (p plan) stack(parts []string) string {
	var rows []string
	for _, part := range parts {
		if part == "" {
			continue
		}
		// The gap between the sections is what tells them apart; only the
		// barest plan does without.
		if len(rows) > 0 && (p.air || p.big || p.facts) {
			rows = append(rows, "")
		}
		rows = append(rows, part)
	}
	return lipgloss.JoinVertical(lipgloss.Center, rows...)
}

// stillText is shown beside a bar that does not move.
const stillText = ", the clock is frozen"

func drawBar(c Card, at time.Time, width int, look Look) string {
	still := ""
	if c.Frozen {
		still = stillText
	}
	full, rest, text := barParts(c.End().Sub(at), c.End().Sub(c.ShownAt), width-len(still))
	if full+rest == "" {
		return text
	}
	return look.bar.Render(full) + look.quiet.Render(rest) + "  " + text + still
}

func drawFacts(c Card, at time.Time, inner int, look Look) string {
	var rows []string
	if again := c.again(); again != "" {
		rows = append(rows, wrap(again, inner))
	}
	if stock := flow([]string{c.stock(), c.expiry(at)}, inner); stock != "" {
		rows = append(rows, stock)
	}
	if warning := c.warning(); warning != "" {
		rows = append(rows, look.warn.Render(wrap(warning, inner)))
	}
	return lipgloss.JoinVertical(lipgloss.Center, rows...)
}

// drawBrief is the one fact that a small screen keeps: the warning, else how
// many are left.
func drawBrief(c Card, inner int, look Look) string {
	if warning := c.warning(); warning != "" {
		return look.warn.Render(wrap(warning, inner))
	}
	return wrap(c.stock(), inner)
}

func frame(block string, air bool, look Look) string {
	padY := 0
	if air {
		padY = 1
	}
	return look.frame.Border(lipgloss.RoundedBorder()).Padding(padY, padX).Render(block)
}

// flow puts texts side by side if they fit, or else one below the other, so that no text
// is broken unnecessarily.
func flow(texts []string, width int) string {
	texts = slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return text == "" })
	if line := strings.Join(texts, "  ·  "); lipgloss.Width(line) <= width {
		return line
	}
	rows := make([]string, len(texts))
	for i, text := range texts {
		rows[i] = wrap(text, width)
	}
	return lipgloss.JoinVertical(lipgloss.Center, rows...)
}

// wrap breaks a text into lines of at most width cells, in the middle.
func wrap(text string, width int) string {
	return lipgloss.NewStyle().Width(min(lipgloss.Width(text), width)).Align(lipgloss.Center).Render(text)
}
