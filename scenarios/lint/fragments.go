package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// maxCalls is the maximum depth of calls between fragments.
const maxCalls = 16

// collectFragments merges the fragments of all files and reads their
// parameters, so that calls may stand before and after.
func (l *builder) collectFragments() {
	for _, f := range l.Files {
		n := f.Root.Get("fragments")
		if n == nil || n.Kind != syntax.Map {
			continue
		}
		for _, p := range n.Pairs {
			if before, ok := l.Fragments[p.Key]; ok {
				if !same(before.Node, p.Value) {
					l.Foundf(p.At, "OA106", fmt.Sprintf("the other is at %s:%d", before.At.File, before.At.Line),
						"the files disagree about the fragment %q", p.Key)
				}
				continue
			}
			made := &story.Fragment{Pos: p.At, Name: p.Key, Description: resolve.Text(p.Value.Get("description")),
				Params: l.params(p.Value.Get("params"))}
			l.Fragments[p.Key] = &resolve.Fragment{Name: p.Key, Node: p.Value, At: p.At, Made: made, Own: f.Main}
			l.Story.Fragments[p.Key] = made
		}
	}
}

// params reads the parameters; {name: string} is short for {name: {type: string}}.
func (l *builder) params(n *syntax.Node) []story.Param {
	if n == nil {
		return nil
	}
	var params []story.Param
	for _, p := range n.Pairs {
		param := story.Param{Pos: p.At, Name: p.Key, Type: resolve.Text(p.Value.Get("type")), Default: p.Value.Get("default")}
		if param.Default != nil {
			l.paramValue(param, param.Default)
		}
		params = append(params, param)
	}
	return params
}

// paramValue checks a value by the type of its parameter.
func (l *stepReader) paramValue(p story.Param, n *syntax.Node) {
	kinds := map[string]shape.Kind{"string": shape.TextKind, "integer": shape.IntKind, "boolean": shape.BoolKind,
		"duration": shape.DurationKind, "instant": shape.InstantKind}
	if k, ok := kinds[p.Type]; ok {
		l.Value(p.Name, shape.Field{Kind: k}, n)
	} else if n.Kind == syntax.Float {
		l.Value(p.Name, shape.Field{Kind: shape.IntKind}, n)
	}
}

// buildFragment reads the steps of a fragment in its own scope.
func (l *builder) buildFragment(f *resolve.Fragment) {
	s := resolve.NewScope("fragment " + f.Name)
	s.Params = map[string]story.Param{}
	for _, p := range f.Made.Params {
		s.Params[p.Name] = p
	}
	l.Usage.Calls = nil
	f.Made.Steps = l.steps(f.Node.Get("steps"), s)
	f.Calls = l.Usage.Calls
	if n := f.Node.Get("returns"); n != nil {
		for _, p := range n.Pairs {
			l.RefsIn(p.Value, s)
			f.Made.Returns = append(f.Made.Returns, story.Entry{Name: p.Key, At: p.At, Value: p.Value})
		}
	}
	if f.Own {
		l.unusedSaves(s)
	}
}

// call reads a call with its arguments.
func (l *stepReader) call(n, named *syntax.Node, s *resolve.Scope, sub *resolve.Subject) story.Call {
	var call story.Call
	with := n.Get("with")
	if with != nil && with.Kind != syntax.Map {
		l.Foundf(with.Pos, "OA201", "write with: {PARAMETER: VALUE}", "with must be a mapping, got %s", resolve.Say(with))
		with = nil
	}
	if with != nil {
		for _, p := range with.Pairs {
			call.With = append(call.With, story.Entry{Name: p.Key, At: p.At, Value: p.Value})
		}
	}
	if !l.Text("call", named) {
		return call
	}
	name := named.Text
	f := l.Fragments[name]
	if strings.Contains(name, "${") {
		l.Foundf(named.Pos, "OA306", "write its name", "a call names its fragment itself, not by a reference")
		return call
	}
	if f == nil {
		if near := l.Fragments[spelling.Nearest(name, resolve.Keys(l.Fragments))]; near != nil {
			near.Used = true // the intended name
		}
		l.Foundf(named.Pos, "OA306", spelling.Suggest(name, resolve.Keys(l.Fragments)), "no such fragment: %q", name)
		return call
	}
	f.Used = true
	sub.Fragment = f
	sub.Name = "call " + name
	l.Usage.Calls = append(l.Usage.Calls, resolve.FragmentCall{Name: name, At: named.Pos})
	call.Fragment = f.Made
	l.arguments(named, call, f, with, s)
	return call
}

// arguments checks the arguments of a call.
func (l *stepReader) arguments(named *syntax.Node, call story.Call, f *resolve.Fragment, with *syntax.Node,
	s *resolve.Scope) {
	names := []string{}
	for _, p := range f.Made.Params {
		names = append(names, p.Name)
		if with.Get(p.Name) == nil && p.Default == nil && (with == nil || !misspelt(with, paramNames(f), p.Name)) {
			l.Foundf(named.Pos, "OA207", fmt.Sprintf("write with: {%s: ...}", p.Name), "the fragment %s needs the parameter %q",
				f.Name, p.Name)
		}
	}
	for _, e := range call.With {
		i := slices.Index(names, e.Name)
		if i < 0 {
			l.Foundf(e.At, "OA101", spelling.Suggest(e.Name, names), "the fragment %s has no parameter %q", f.Name, e.Name)
			continue
		}
		for _, known := range l.Refs(e.Value, s) {
			l.paramValue(f.Made.Params[i], known)
		}
	}
}

func paramNames(f *resolve.Fragment) []string {
	names := make([]string, len(f.Made.Params))
	for i, p := range f.Made.Params {
		names[i] = p.Name
	}
	return names
}

// recursion reports fragments that call themselves, directly or through others, and
// chains of calls that are too long.
func (l *builder) recursion() {
	depth := map[string]int{}
	var walk func(f *resolve.Fragment, chain []string) int
	walk = func(f *resolve.Fragment, chain []string) int {
		if d, ok := depth[f.Name]; ok {
			return d
		}
		deepest := 1
		for _, c := range f.Calls {
			if slices.Contains(chain, c.Name) {
				l.Foundf(c.At, "OA306", "use repeat", "the fragments call each other in a circle: %s",
					strings.Join(append(slices.Clone(chain), c.Name), " → "))
				continue
			}
			if d := walk(l.Fragments[c.Name], append(slices.Clone(chain), c.Name)) + 1; d > deepest {
				deepest = d
			}
		}
		depth[f.Name] = deepest
		if deepest > maxCalls {
			l.Foundf(f.At, "OA306", "", "the fragment %s calls fragments deeper than %d", f.Name, maxCalls)
		}
		return deepest
	}
	for _, name := range resolve.Keys(l.Fragments) {
		walk(l.Fragments[name], []string{name})
	}
}
