package scenario

import (
	"context"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	stories "github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/player"
)

// tale plays the first instance of a story and tells it.
func tale(ctx context.Context, d *app.Deps, name string) ([]string, error) {
	if !slices.Contains(stories.Names(), name) {
		if _, err := ownStory(name); err != nil {
			return nil, err
		}
	}
	s, err := readSuite(ctx, d, []string{name}, slices.Contains(stories.Names(), name))
	if err != nil {
		return nil, err
	}
	if err := sound(d, s); err != nil {
		return nil, err
	}
	instances, err := picking{}.instances(s)
	if err != nil {
		return nil, err
	}
	in := instances[0]
	lines := head(in.Story, len(instances)-1)
	p, err := player.New(ctx, in, player.Config{Store: memoryStore, Now: d.Now, Seed: in.Story.Seed})
	if err != nil {
		return nil, err
	}
	phase := ""
	for played, more := p.Next(ctx); more; played, more = p.Next(ctx) {
		if played.Phase != phase {
			phase = played.Phase
			lines = append(lines, "", phase)
		}
		lines = append(lines, app.Indent(sentences(played))...)
	}
	return append(lines, ruleLines(in.Story)...), ctx.Err()
}

// sentences tells what a step did, from the lines that it left in the
// transcript: an action with its end, and the kinds of events that followed.
func sentences(played player.Played) []string {
	var out []string
	for _, l := range played.Lines {
		at, who, what := columns(l)
		event, ok := strings.CutPrefix(what, "  ")
		switch {
		case !ok:
			out = append(out, "at "+at+" "+who+": "+tell(what))
		case strings.HasPrefix(event, string(hypr.EventAudited)) || strings.HasPrefix(event, string(authn.EventRefused)):
			// The audit repeats what happened elsewhere, and the action's end has
			// said what was refused.
		case len(out) == 0:
			out = append(out, "at "+at+" "+who+": "+briefly(event))
		default:
			out[len(out)-1] += "; " + briefly(event)
		}
	}
	for _, f := range played.Failures {
		out = append(out, "this is not as expected: "+f.What)
	}
	return out
}

// columns takes a line of a transcript apart.
func columns(l string) (at, who, what string) {
	const first, second = 15, 25 // the widths of the columns, with the blank behind each
	at, rest, _ := strings.Cut(l, " ")
	rest = rest[min(len(rest), max(0, first-1-len(at))):]
	who, _, _ = strings.Cut(rest, " ")
	return at, who, rest[min(len(rest), max(second, len(who)+1)):]
}

// tell writes an action with its end, but for what it gave: the events say it
// in fewer words.
func tell(what string) string {
	action, end, _ := strings.Cut(what, "  ")
	switch {
	case strings.HasPrefix(end, "✗ "):
		return action + " is refused: " + strings.TrimPrefix(end, "✗ ")
	case strings.HasPrefix(end, "… "):
		return action + " is " + strings.TrimPrefix(end, "… ")
	}
	return action
}

// briefly writes an event without its fields, and with its rule.
func briefly(event string) string {
	kind, rest, ok := strings.Cut(event, "{")
	if !ok {
		return event
	}
	if i := strings.LastIndex(rest, "("); i >= 0 && strings.HasSuffix(rest, ")") {
		return kind + " " + rest[i:]
	}
	return kind
}
