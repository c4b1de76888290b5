package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/coverage"
	stories "github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/story"
)

type explainOptions struct {
	deps *app.Deps

	word string
}

func newExplain(d *app.Deps) *cobra.Command {
	o := &explainOptions{deps: d}
	return &cobra.Command{
		Use:   "explain <word>",
		Short: "tell a story in sentences, or say which stories prove a rule",
		Long: `Tell a story in sentences, with the virtual times and the rules that it proves:
one of the library by its name, or your own by its path. Of a rule (H24) or a
refusal (wrong_pin), say which stories of the library name it. Of a finding
(OA303), say what it means and what helps.`,
		Example: `  offauth scenario explain hypr-first-pin
  offauth scenario explain H23
  offauth scenario explain OA303`,
		Annotations: app.Takes("story word"),
		Args:        app.Exactly(1, "what: a story, a rule, a refusal or a finding"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.word = args[0]
			return runExplain(cmd.Context(), o)
		},
	}
}

type explainJSON struct {
	Kind    string   `json:"kind"`
	Name    string   `json:"name"`
	Text    []string `json:"text"`
	Stories []string `json:"stories"`
}

func runExplain(ctx context.Context, o *explainOptions) error {
	d, word := o.deps, o.word
	say := func(kind, name string, text, proving []string) error {
		lines := append([]string{kind + " " + name}, app.Indent(text)...)
		for _, p := range proving {
			lines = append(lines, "  - "+p)
		}
		return d.Print(app.Report{Result: explainJSON{kind, name, text, append([]string{}, proving...)}, Lines: lines,
			Bare: lines[1:]})
	}
	if i := slices.IndexFunc(Findings, func(f Finding) bool { return strings.EqualFold(f.Code, word) }); i >= 0 {
		f := Findings[i]
		return say("finding", f.Code, []string{f.What, "what helps: " + f.Help}, nil)
	}
	if r, ok := authn.RuleByID(authn.RuleID(word)); ok {
		text, proving := proofs(r)
		return say("rule", string(r.ID), text, proving)
	}
	if text, naming := refusing(authn.Code(word)); text != nil {
		return say("refusal", word, text, naming)
	}
	lines, err := tale(ctx, d, word)
	if err != nil {
		return err
	}
	return d.Print(app.Report{Result: explainJSON{"story", word, lines, []string{}}, Lines: lines, Bare: lines})
}

// proofs returns what proves a rule.
func proofs(r authn.Rule) (text, proving []string) {
	for _, s := range libraryStories() {
		if slices.Contains(coverage.Named(s), r.ID) {
			proving = append(proving, s.Name)
		}
	}
	text = []string{r.Text}
	if tests := coverage.Held()[r.ID]; tests != nil {
		text = append(text, "Go tests hold it: "+strings.Join(tests, ", "))
	}
	if len(proving) == 0 {
		return append(text, "no story of the library names it"), nil
	}
	return append(text, "stories of the library that name it:"), proving
}

// refusing returns the stories of the library that expect a refusal.
func refusing(code authn.Code) (text, naming []string) {
	codes := app.AllCodes()
	i := slices.IndexFunc(codes, func(c authn.CodeSpec) bool { return c.Code == code && c.Refusal })
	if i < 0 {
		return nil, nil
	}
	for _, s := range libraryStories() {
		for _, source := range s.Sources {
			if strings.Contains(source, "refused: "+string(code)) {
				naming = append(naming, s.Name)
				break
			}
		}
	}
	text = []string{codes[i].Message, "rules: " + joinedRules(codes[i].Rules)}
	if len(naming) == 0 {
		return append(text, "no story of the library expects it"), nil
	}
	return append(text, "stories of the library that expect it:"), naming
}

// libraryStories returns the built-in stories. A test holds that they are free
// of mistakes.
func libraryStories() []*story.Story {
	var all []*story.Story
	for _, name := range stories.Names() {
		if s, _ := lint.Load(stories.FS(), stories.Path(name)); s != nil {
			all = append(all, s)
		}
	}
	return all
}

// head introduces a story.
func head(s *story.Story, more int) []string {
	lines := append([]string{s.Name}, app.Indent(strings.Split(strings.TrimSpace(s.Description), "\n"))...)
	lines = append(lines, fmt.Sprintf("  The world is one of %s; it begins at %s.", s.Profile,
		s.Start.UTC().Format("2006-01-02 15:04:05 UTC")))
	if more > 0 {
		lines = append(lines, fmt.Sprintf("  There are %s of it; this is the first.", authn.Counted(more+1, "instance")))
	}
	return lines
}

// ruleLines returns the rules that a story names.
func ruleLines(s *story.Story) []string {
	ids := coverage.Named(s)
	if len(ids) == 0 {
		return nil
	}
	lines := []string{"", "The rules that it names:"}
	for _, id := range ids {
		if r, ok := authn.RuleByID(id); ok {
			lines = append(lines, "  "+string(r.ID)+": "+r.Text)
		}
	}
	return lines
}

// tale plays the first instance of a story and describes it.
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

// sentences describes a step by its lines in the transcript: an action with its
// result, and the kinds of events that followed.
func sentences(played player.Played) []string {
	var out []string
	for _, l := range played.Lines {
		at, who, what := columns(l)
		event, ok := strings.CutPrefix(what, "  ")
		switch {
		case !ok:
			out = append(out, "at "+at+" "+who+": "+tell(what))
		case strings.HasPrefix(event, string(hypr.EventAudited)) || strings.HasPrefix(event, string(authn.EventRefused)):
			// The audit trail repeats other events, and the action's result has
			// named the refusal.
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

// columns splits a line of a transcript.
func columns(l string) (at, who, what string) {
	const first, second = 15, 25 // the widths of the columns, with the blank behind each
	at, rest, _ := strings.Cut(l, " ")
	rest = rest[min(len(rest), max(0, first-1-len(at))):]
	who, _, _ = strings.Cut(rest, " ")
	return at, who, rest[min(len(rest), max(second, len(who)+1)):]
}

// tell words an action with its result, without the values: the events say
// those more briefly.
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

// briefly returns an event without its fields, with its rule.
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
