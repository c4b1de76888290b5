package compose

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// modeline lets an editor complete and check the file.
const modeline = lint.Modeline + "\n"

// Write returns the text of a scenario file that repeats the moves and expects
// their outcomes. The text contains none of their secrets. The error names the
// move that a scenario cannot express and wraps ErrUnsupported.
func Write(s Scene) ([]byte, error) {
	w := newWriter(s)
	for i := range s.Moves {
		if err := w.move(i); err != nil {
			return nil, fmt.Errorf("move %d: %w", i+1, err)
		}
	}
	w.awaitAll()
	return []byte(w.file()), nil
}

// ErrUnsupported is returned for a move that a scenario cannot express.
var ErrUnsupported = errors.New("no scenario can tell this")

// writer makes the steps of a scene.
type writer struct {
	scene   Scene
	cast    map[authn.Role][]string
	users   []string
	refs    references
	clock   playbackClock
	steps   []*step
	made    map[int]*step // by move
	waiting []waiting
	ids     int
	crash   int // Crash of the previous move if that had no Action
}

// step is one step of the file.
type step struct {
	id     string
	key    string       // a verb or another kind of step
	value  *syntax.Node // the value of the key; nil for an empty value
	remark string       // a comment written instead of the step
	expect *syntax.Node
	events []authn.Kind
}

func newWriter(s Scene) *writer {
	w := &writer{
		scene: s, cast: map[authn.Role][]string{}, made: map[int]*step{},
		refs:  references{counts: map[string]int{}, real: map[string]bool{}},
		clock: playbackClock{exact: s.Exact, now: s.Start, recorded: s.Start},
	}
	for _, m := range s.Moves {
		if v, ok := verb.Of(m.Action); ok {
			w.refs.noteSecrets(v.Values(m.Action))
		}
	}
	for _, a := range s.Actors {
		w.cast[a.Role] = append(w.cast[a.Role], a.Name)
		w.user(a.User)
	}
	if len(w.users) == 0 {
		w.user(story.FirstUser)
	}
	return w
}

func (w *writer) user(name string) {
	if name != "" && !slices.Contains(w.users, name) {
		w.users = append(w.users, name)
	}
}

// file returns the text of the file, with its keys in the standard order.
func (w *writer) file() string {
	var b strings.Builder
	b.WriteString(modeline)
	for _, line := range w.scene.Header {
		b.WriteString(comment(line))
	}
	key := func(name string, value *syntax.Node) { b.WriteString(name + ": " + syntax.Flow(value) + "\n") }
	block := func(name string, pairs []syntax.Pair) {
		if len(pairs) > 0 {
			b.WriteString(name + ":\n")
		}
		for _, p := range pairs {
			b.WriteString("  " + syntax.Flow(syntax.Word(p.Key)) + ": " + syntax.Flow(p.Value) + "\n")
		}
	}
	key("offauth", syntax.Literal("scenario/v1"))
	key("name", syntax.Word(w.scene.Name))
	if w.scene.Description != "" {
		key("description", syntax.Word(w.scene.Description))
	}
	if len(w.scene.Tags) > 0 {
		key("tags", syntax.Words(w.scene.Tags))
	}
	key("profile", syntax.Word(w.scene.Profile))
	block("policy", nested(w.scene.Policy))
	block("actors", actors(w.scene.Actors))
	var vars []syntax.Pair
	var names []string
	for _, t := range w.refs.typed {
		vars = append(vars, pair(t.name, syntax.Quoted(t.placeholder)))
		names = append(names, t.name)
	}
	block("vars", vars)
	if names != nil {
		key("secrets", syntax.Words(names))
	}
	key("clock", syntax.Mapping(pair("start", instant(w.scene.Start))))
	key("seed", syntax.Literal(strconv.FormatInt(w.scene.Seed, 10)))
	b.WriteString("\n")
	if !slices.ContainsFunc(w.steps, func(s *step) bool { return s.key != "" }) {
		b.WriteString("steps: []\n")
		return b.String()
	}
	b.WriteString("steps:\n")
	saves := w.saves()
	for _, s := range w.steps {
		s.write(&b, saves[s])
	}
	return b.String()
}

// comment returns a comment line; it replaces line breaks and control
// characters, which could end the comment early.
func comment(text string) string {
	line := strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) && r != unicode.ReplacementChar {
			return r
		}
		return ' '
	}, text)
	return strings.TrimRight("# "+line, " ") + "\n"
}

// saves returns the values that each step saves for later steps.
func (w *writer) saves() map[*step][]syntax.Pair {
	saves := map[*step][]syntax.Pair{}
	for _, s := range w.refs.shown {
		if s.name != "" {
			from := w.made[s.move]
			saves[from] = append(saves[from], pair(s.name, syntax.Word("result."+s.field)))
		}
	}
	return saves
}

func (s *step) write(b *strings.Builder, saves []syntax.Pair) {
	if s.remark != "" {
		b.WriteString("  " + comment(s.remark))
		return
	}
	lead := "  - "
	line := func(text string) {
		b.WriteString(lead + text + "\n")
		lead = "    "
	}
	key := func(name string, value *syntax.Node) { line(name + ": " + syntax.Flow(value)) }
	if s.id != "" {
		key("id", syntax.Word(s.id))
	}
	if s.value == nil {
		line(s.key + ":")
	} else {
		key(s.key, s.value)
	}
	if len(saves) > 0 {
		key("save", syntax.Mapping(saves...))
	}
	if s.expect != nil {
		key("expect", s.expect)
	}
	if len(s.events) > 0 {
		line("# events: " + syntax.Flow(syntax.Words(s.events)))
	}
}

// actors returns the value of the key "actors".
func actors(all []story.Actor) []syntax.Pair {
	var out []syntax.Pair
	for _, a := range all {
		p := []syntax.Pair{pair("role", syntax.Word(string(a.Role)))}
		if a.User != "" {
			p = append(p, pair("user", syntax.Word(a.User)))
		}
		if a.Clock != 0 {
			p = append(p, pair("clock", span(a.Clock)))
		}
		if a.Version != "" {
			p = append(p, pair("version", syntax.Quoted(a.Version)))
		}
		if a.NoTray {
			p = append(p, pair("no_tray", syntax.Literal("true")))
		}
		if a.Platform != "" && a.Platform != "android" {
			p = append(p, pair("platform", syntax.Word(a.Platform)))
		}
		out = append(out, pair(a.Name, syntax.Mapping(p...)))
	}
	return out
}

// nested returns settings as a nested mapping without the family. Settings of one
// group stay together and the groups keep their order. If a key occurs twice,
// the last value counts.
func nested(settings []authn.Setting) []syntax.Pair {
	root := syntax.Mapping()
	for _, s := range settings {
		_, key := s.Key.Cut()
		at, path := root, strings.Split(key, ".")
		for _, group := range path[:len(path)-1] {
			if at.Get(group) == nil {
				at.Pairs = append(at.Pairs, pair(group, syntax.Mapping()))
			}
			at = at.Get(group)
		}
		last := path[len(path)-1]
		at.Pairs = slices.DeleteFunc(at.Pairs, func(p syntax.Pair) bool { return p.Key == last })
		at.Pairs = append(at.Pairs, pair(last, setting(s.Value)))
	}
	return root.Pairs
}

// at returns the recorded time of a move; a move without a time has that of the
// previous move.
func (w *writer) at(m Move) time.Time {
	if m.At.IsZero() {
		return w.clock.recorded
	}
	return m.At
}
