package compose

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/story"
)

// modeline lets an editor complete and check the file.
const modeline = lint.Modeline + "\n"

// Write returns the text of a scenario file that does what the moves did and
// expects what came of them. No secret of theirs is in it. The error names a
// move that no scenario can tell.
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

// ErrUntold says that something was done that no scenario can tell.
var ErrUntold = errors.New("no scenario can tell this")

// writer makes the steps of a scene.
type writer struct {
	scene   Scene
	verbs   map[reflect.Type]verb.Verb
	cast    map[authn.Role][]string
	users   []string
	memory  memory
	telling telling
	steps   []*step
	made    map[int]*step // by move
	waiting []waiting
	ids     int
	crash   int // of the move before, which had no Action
}

// step is one step of the file.
type step struct {
	id, does string
	remark   string   // instead of the step, for what a file cannot do
	expect   string   // on one line
	lines    []string // or on several
	events   []authn.Kind
}

func newWriter(s Scene) *writer {
	w := &writer{
		scene: s, verbs: map[reflect.Type]verb.Verb{}, cast: map[authn.Role][]string{}, made: map[int]*step{},
		memory:  memory{counts: map[string]int{}, real: map[string]bool{}},
		telling: telling{exact: s.Exact, now: s.Start, was: s.Start},
	}
	for _, v := range verb.All() {
		if v.Action != nil {
			w.verbs[reflect.TypeOf(v.Action)] = v
		}
	}
	for _, m := range s.Moves {
		if v, ok := w.verbs[reflect.TypeOf(m.Action)]; ok {
			w.memory.forbid(v.Values(m.Action))
		}
	}
	for _, a := range s.Actors {
		w.cast[a.Role] = append(w.cast[a.Role], a.Name)
		w.user(a.User)
	}
	if len(w.users) == 0 {
		w.user(FirstUser)
	}
	return w
}

// FirstUser is who is there where no actor names a user.
const FirstUser = "alice"

func (w *writer) user(name string) {
	if name != "" && !slices.Contains(w.users, name) {
		w.users = append(w.users, name)
	}
}

// file writes it all, keys in their order.
func (w *writer) file() string {
	var b strings.Builder
	b.WriteString(modeline)
	for _, line := range w.scene.Header {
		b.WriteString(strings.TrimRight("# "+oneLine(line), " ") + "\n")
	}
	key := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	key("offauth", "scenario/v1")
	key("name", scalar(w.scene.Name))
	if w.scene.Description != "" {
		key("description", scalar(w.scene.Description))
	}
	if len(w.scene.Tags) > 0 {
		key("tags", words(w.scene.Tags))
	}
	key("profile", scalar(w.scene.Profile))
	block(&b, "policy", nested(w.scene.Policy))
	block(&b, "actors", actors(w.scene.Actors))
	var vars []pair
	var names []string
	for _, t := range w.memory.typed {
		vars = append(vars, pair{t.name, quote(t.placeholder)})
		names = append(names, t.name)
	}
	block(&b, "vars", vars)
	if names != nil {
		key("secrets", words(names))
	}
	key("clock", flow([]pair{{"start", instant(w.scene.Start)}}))
	key("seed", strconv.FormatInt(w.scene.Seed, 10))
	b.WriteString("\n")
	if !slices.ContainsFunc(w.steps, func(s *step) bool { return s.does != "" }) {
		key("steps", "[]")
		return b.String()
	}
	b.WriteString("steps:\n")
	saves := w.saves()
	for _, s := range w.steps {
		s.write(&b, saves[s])
	}
	return b.String()
}

// oneLine keeps a comment from ending early.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || plainRune(r) {
			return r
		}
		return ' '
	}, text)
}

func block(b *strings.Builder, name string, pairs []pair) {
	if len(pairs) == 0 {
		return
	}
	b.WriteString(name + ":\n")
	for _, p := range pairs {
		b.WriteString("  " + scalar(p.key) + ": " + p.value + "\n")
	}
}

// saves are what the steps keep for later ones, in the order of the names.
func (w *writer) saves() map[*step][]pair {
	saves := map[*step][]pair{}
	for _, s := range w.memory.shown {
		if s.name != "" {
			from := w.made[s.move]
			saves[from] = append(saves[from], pair{s.name, "result." + s.field})
		}
	}
	return saves
}

func (s *step) write(b *strings.Builder, saves []pair) {
	if s.remark != "" {
		b.WriteString("  # " + oneLine(s.remark) + "\n")
		return
	}
	lead := "  - "
	line := func(text string) {
		b.WriteString(lead + text + "\n")
		lead = "    "
	}
	if s.id != "" {
		line("id: " + s.id)
	}
	line(s.does)
	if len(saves) > 0 {
		line("save: " + flow(saves))
	}
	switch {
	case s.lines != nil:
		line("expect:")
		for _, text := range s.lines {
			line("  " + text)
		}
	case s.expect != "":
		line("expect: " + s.expect)
	}
	if len(s.events) > 0 {
		line("# events: " + words(s.events))
	}
}

// actors writes who is there.
func actors(all []story.Actor) []pair {
	var out []pair
	for _, a := range all {
		p := []pair{{"role", scalar(string(a.Role))}}
		if a.User != "" {
			p = append(p, pair{"user", scalar(a.User)})
		}
		if a.Clock != 0 {
			p = append(p, pair{"clock", span(a.Clock)})
		}
		if a.Version != "" {
			p = append(p, pair{"version", quote(a.Version)})
		}
		if a.NoTray {
			p = append(p, pair{"no_tray", scalar("true")})
		}
		if a.Platform != "" && a.Platform != "android" {
			p = append(p, pair{"platform", scalar(a.Platform)})
		}
		out = append(out, pair{a.Name, flow(p)})
	}
	return out
}

// nested writes settings as a mapping without the family: those of one group
// stand together, groups in the order in which they come.
func nested(settings []authn.Setting) []pair {
	var groups []string
	fields := map[string][]pair{}
	alone := map[string]string{}
	for _, s := range settings {
		_, key := s.Key.Cut()
		group, field, deep := strings.Cut(key, ".")
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		if !deep {
			alone[group] = setting(s.Value)
			continue
		}
		fields[group] = append(slices.DeleteFunc(fields[group], func(p pair) bool { return p.key == field }), pair{field, setting(s.Value)})
	}
	var out []pair
	for _, group := range groups {
		value, ok := alone[group]
		if !ok {
			value = deeper(fields[group])
		}
		out = append(out, pair{group, value})
	}
	return out
}

// deeper writes the fields of a group; a dot in one is a mapping again.
func deeper(fields []pair) string {
	var out []pair
	inner := map[string][]pair{}
	for _, f := range fields {
		group, field, deep := strings.Cut(f.key, ".")
		if !deep {
			out = append(out, f)
			continue
		}
		if inner[group] == nil {
			out = append(out, pair{group, ""})
		}
		inner[group] = append(inner[group], pair{field, f.value})
	}
	for i, p := range out {
		if p.value == "" {
			out[i].value = deeper(inner[p.key])
		}
	}
	return flow(out)
}

// at is when a move was done; without a time, when the last one was.
func (w *writer) at(m Move) time.Time {
	if m.At.IsZero() {
		return w.telling.was
	}
	return m.At
}
