package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// maxCalls is how deep fragments may call fragments.
const maxCalls = 16

// fragment is a procedure while it is read.
type fragment struct {
	name  string
	node  *syntax.Node
	at    syntax.Pos
	made  *story.Fragment
	own   bool // of the scenario itself
	calls []fragmentCall
	used  bool
}

// fragmentCall is a call in a fragment, or in the story.
type fragmentCall struct {
	name string
	at   syntax.Pos
}

// returns lists the names that it hands out.
func (f *fragment) returns() []string {
	names := []string{}
	if n := f.node.Get("returns"); n != nil {
		for _, p := range n.Pairs {
			names = append(names, p.Key)
		}
	}
	return names
}

// collectFragments merges the fragments of all files and reads their
// parameters, so that calls may stand before and after.
func (l *builder) collectFragments() {
	for _, f := range l.files {
		n := f.root.Get("fragments")
		if n == nil || n.Kind != syntax.Map {
			continue
		}
		for _, p := range n.Pairs {
			if before, ok := l.fragments[p.Key]; ok {
				if !same(before.node, p.Value) {
					l.found(p.At, "OA106", fmt.Sprintf("the other is at %s:%d", before.at.File, before.at.Line), "the files disagree about the fragment %q", p.Key)
				}
				continue
			}
			made := &story.Fragment{Pos: p.At, Name: p.Key, Description: text(p.Value.Get("description")), Params: l.params(p.Value.Get("params"))}
			l.fragments[p.Key] = &fragment{name: p.Key, node: p.Value, at: p.At, made: made, own: f.main}
			l.story.Fragments[p.Key] = made
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
		param := story.Param{Pos: p.At, Name: p.Key, Type: text(p.Value.Get("type")), Default: p.Value.Get("default")}
		if param.Default != nil {
			l.paramValue(param, param.Default)
		}
		params = append(params, param)
	}
	return params
}

// paramValue judges a value by the type of its parameter.
func (l *stepReader) paramValue(p story.Param, n *syntax.Node) {
	kinds := map[string]kind{"string": kText, "integer": kInt, "boolean": kBool, "duration": kDuration, "instant": kInstant}
	if k, ok := kinds[p.Type]; ok {
		l.value(p.Name, field{kind: k}, n)
	} else if n.Kind == syntax.Float {
		l.value(p.Name, field{kind: kInt}, n)
	}
}

// buildFragment reads the steps of a fragment in its own scope.
func (l *builder) buildFragment(f *fragment) {
	s := newScope("fragment " + f.name)
	s.params = map[string]story.Param{}
	for _, p := range f.made.Params {
		s.params[p.Name] = p
	}
	l.usage.calls = nil
	f.made.Steps = l.steps(f.node.Get("steps"), s)
	f.calls = l.usage.calls
	if n := f.node.Get("returns"); n != nil {
		for _, p := range n.Pairs {
			l.refsIn(p.Value, s)
			f.made.Returns = append(f.made.Returns, story.Entry{Name: p.Key, At: p.At, Value: p.Value})
		}
	}
	if f.own {
		l.unusedSaves(s)
	}
}

// call reads a call with its arguments.
func (l *stepReader) call(n, named *syntax.Node, s *scope, sub *subject) story.Call {
	var call story.Call
	with := n.Get("with")
	if with != nil && with.Kind != syntax.Map {
		l.found(with.Pos, "OA201", "write with: {PARAMETER: VALUE}", "with must be a mapping, got %s", say(with))
		with = nil
	}
	if with != nil {
		for _, p := range with.Pairs {
			call.With = append(call.With, story.Entry{Name: p.Key, At: p.At, Value: p.Value})
		}
	}
	if !l.text("call", named) {
		return call
	}
	name := named.Text
	f := l.fragments[name]
	if strings.Contains(name, "${") {
		l.found(named.Pos, "OA306", "write its name", "a call names its fragment itself, not by a reference")
		return call
	}
	if f == nil {
		if near := l.fragments[nearest(name, keysOf(l.fragments))]; near != nil {
			near.used = true // which was meant
		}
		l.found(named.Pos, "OA306", suggest(name, keysOf(l.fragments)), "no such fragment: %q", name)
		return call
	}
	f.used = true
	sub.fragment = f
	sub.name = "call " + name
	l.usage.calls = append(l.usage.calls, fragmentCall{name, named.Pos})
	call.Fragment = f.made
	l.arguments(named, call, f, with, s)
	return call
}

// arguments judges what a call gives to its fragment.
func (l *stepReader) arguments(named *syntax.Node, call story.Call, f *fragment, with *syntax.Node, s *scope) {
	names := []string{}
	for _, p := range f.made.Params {
		names = append(names, p.Name)
		if with.Get(p.Name) == nil && p.Default == nil && (with == nil || !slips(with, paramNames(f), p.Name)) {
			l.found(named.Pos, "OA207", fmt.Sprintf("write with: {%s: ...}", p.Name), "the fragment %s needs the parameter %q", f.name, p.Name)
		}
	}
	for _, e := range call.With {
		i := slices.Index(names, e.Name)
		if i < 0 {
			l.found(e.At, "OA101", suggest(e.Name, names), "the fragment %s has no parameter %q", f.name, e.Name)
			continue
		}
		for _, known := range l.refs(e.Value, s) {
			l.paramValue(f.made.Params[i], known)
		}
	}
}

func paramNames(f *fragment) []string {
	names := make([]string, len(f.made.Params))
	for i, p := range f.made.Params {
		names[i] = p.Name
	}
	return names
}

// recursion finds fragments that call themselves, at once or through others,
// and chains that are too long.
func (l *builder) recursion() {
	depth := map[string]int{}
	var walk func(f *fragment, chain []string) int
	walk = func(f *fragment, chain []string) int {
		if d, ok := depth[f.name]; ok {
			return d
		}
		deepest := 1
		for _, c := range f.calls {
			if slices.Contains(chain, c.name) {
				l.found(c.at, "OA306", "use repeat", "the fragments call each other in a circle: %s", strings.Join(append(slices.Clone(chain), c.name), " → "))
				continue
			}
			if d := walk(l.fragments[c.name], append(slices.Clone(chain), c.name)) + 1; d > deepest {
				deepest = d
			}
		}
		depth[f.name] = deepest
		if deepest > maxCalls {
			l.found(f.at, "OA306", "", "the fragment %s calls fragments deeper than %d", f.name, maxCalls)
		}
		return deepest
	}
	for _, name := range keysOf(l.fragments) {
		walk(l.fragments[name], []string{name})
	}
}
