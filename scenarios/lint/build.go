package lint

import (
	"path"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// builder makes a story of its files.
type builder struct{ stepReader }

// build makes the story of the files that were read: first what names mean,
// then everything that refers to it.
func (l *builder) build() {
	s := l.story
	l.usage = newUsage()
	l.vars = map[string]*syntax.Node{}
	l.fragments = map[string]*fragment{}
	for _, f := range l.files {
		what := "fixture"
		if f.main {
			what = "scenario"
		}
		l.walk(places()[what], f.root)
	}
	l.profile()
	if l.alone && !l.known() {
		return
	}
	l.collectVars()
	l.tablesOfCases()
	l.collectActors()
	l.open = l.open || l.alone
	l.collectFragments()
	l.scalars()
	l.checkVars()
	l.mergePolicies()
	s.Links = l.firstLinks()
	for _, name := range keysOf(l.fragments) {
		l.buildFragment(l.fragments[name])
	}
	scope, checks := newScope("setup"), l.usage.checks
	for _, f := range l.files {
		if n := f.root.Get("setup"); n != nil {
			s.Setup = append(s.Setup, l.steps(n, scope)...)
		}
	}
	l.usage.checks = checks // what a setup checks is not what the story shows
	scope.where = "steps"
	s.Steps = l.steps(l.root.Get("steps"), scope)
	s.Cleanup = l.steps(l.root.Get("cleanup"), scope)
	if e := l.root.Get("expect"); e != nil {
		s.Expect = e
		l.expectation(e, scope, subject{kind: "story", name: "the story"})
	}
	l.recursion()
	if !l.alone {
		l.style(scope)
	}
	l.hide()
}

// walk judges the keys of a mapping and the values of simple kinds. What is
// behind the other keys is judged by who reads it.
func (l *builder) walk(p place, n *syntax.Node) {
	if n.Kind != syntax.Map {
		l.found(n.Pos, "OA201", oneOf(p.names()), "%s must be a mapping, got %s", p.name, say(n))
		return
	}
	for _, pair := range n.Pairs {
		f, ok := p.field(pair.Key)
		if !ok {
			if !strings.HasPrefix(pair.Key, "x-") {
				l.found(pair.At, "OA101", suggest(pair.Key, unused(p, n)), "unknown key %q in %s", pair.Key, p.name)
			}
			continue
		}
		l.shape(pair.Key, f, pair.Value)
	}
	for _, f := range p.fields {
		if f.required && n.Get(f.name) == nil && f.name != "offauth" && !l.misspelt(p, n, f.name) {
			l.found(n.Pos, "OA207", f.doc, "the key %q is missing in %s", f.name, p.name)
		}
	}
}

// unused lists the keys that a mapping does not have yet.
func unused(p place, n *syntax.Node) []string {
	var names []string
	for _, f := range p.fields {
		if n.Get(f.name) == nil {
			names = append(names, f.name)
		}
	}
	return names
}

// misspelt reports that a missing key is there with a slip, which is a finding
// already.
func (l *values) misspelt(p place, n *syntax.Node, name string) bool {
	for _, pair := range n.Pairs {
		if _, known := p.field(pair.Key); !known && nearest(pair.Key, unused(p, n)) == name {
			return true
		}
	}
	return false
}

// shape judges a value of the top of a file, where no reference may stand.
func (l *builder) shape(key string, f field, n *syntax.Node) {
	switch f.kind {
	case kSlugs, kPaths, kNames, kRules:
		l.list(key, f, n)
	case kMapOf:
		if n.Kind != syntax.Map {
			l.found(n.Pos, "OA201", "", "%s must be a mapping of names, got %s", key, say(n))
			return
		}
		for _, pair := range n.Pairs {
			l.walk(places()[f.place], pair.Value)
		}
	case kPlace:
		l.walk(places()[f.place], n)
	case kWords:
		if n.Kind != syntax.List {
			l.choice(key, f.choice, n)
			return
		}
		for _, item := range n.Items {
			l.text(key, item)
		}
	case kListOf, kSteps:
		if n.Kind != syntax.List {
			l.found(n.Pos, "OA201", "begin each with a dash", "%s must be a list, got %s", key, say(n))
		}
	case kAxes, kValues, kPolicy, kLinks:
		if n.Kind != syntax.Map {
			l.found(n.Pos, "OA201", "", "%s must be a mapping, got %s", key, say(n))
		}
	case kGolden:
		if n.Kind != syntax.Bool {
			l.value(key, f, n)
		}
	case kRule:
		l.rule(n)
	case kExpect, kAnything:
	default:
		l.value(key, f, n)
	}
}

// list judges a list of words.
func (l *builder) list(key string, f field, n *syntax.Node) {
	if n.Kind != syntax.List {
		l.found(n.Pos, "OA201", "write ["+n.Text+"]", "%s must be a list, got %s", key, say(n))
		return
	}
	seen := map[string]bool{}
	for _, item := range n.Items {
		switch f.kind {
		case kSlugs:
			l.value("a tag", field{kind: kSlug}, item)
		case kRules:
			l.rule(item)
		default:
			l.text("an item of "+key, item)
		}
		if seen[item.Text] && item.Kind == syntax.Text {
			l.found(item.Pos, "OA205", "leave one out", "%s has %q twice", key, item.Text)
		}
		seen[item.Text] = true
	}
}

// rule wants a rule's id.
func (l *values) rule(n *syntax.Node) {
	if !l.text("rule", n) {
		return
	}
	if !ruleIDs()[authn.RuleID(n.Text)] {
		l.found(n.Pos, "OA307", "offauth explain lists the rules, such as H24", "no such rule: %q", n.Text)
	}
}

// scalars reads the simple keys of the scenario itself; their shapes are
// judged already.
func (l *builder) scalars() {
	s, root := l.story, l.root
	if n := root.Get("name"); n != nil {
		s.Name, s.NamePos = n.Text, n.Pos
	}
	s.Description = text(root.Get("description"))
	s.Tags, s.Secrets = words(root.Get("tags")), l.secrets()
	for _, id := range words(root.Get("rules")) {
		s.Rules = append(s.Rules, authn.RuleID(id))
	}
	s.Start, _ = instant(root.Get("clock").Get("start"))
	s.Zone = text(root.Get("clock").Get("zone"))
	s.Seed, _ = integer(root.Get("seed"))
	if t := root.Get("timeout"); t != nil {
		s.Timeout.Virtual, _ = duration(t.Get("virtual"))
		s.Timeout.Wall, _ = duration(t.Get("wall"))
		if n := t.Get("actions"); n != nil {
			s.Timeout.Actions = l.count("actions", n, 1)
		}
	}
	s.Skip = text(root.Get("skip"))
	if n := root.Get("skip"); n != nil && n.Text == "" {
		l.found(n.Pos, "OA202", "say why", "skip needs a reason")
	}
	s.XFail = l.xfail(root.Get("xfail"))
	s.Invariants = words(root.Get("invariants"))
	if n := root.Get("invariants"); n != nil && n.Kind != syntax.List {
		s.Invariants = []string{n.Text}
	}
	if n := root.Get("golden"); n != nil {
		s.GoldenAt = n.Pos
	}
	if n := root.Get("golden"); n != nil && n.Kind == syntax.Bool && n.Text == "true" {
		s.Golden = strings.TrimSuffix(s.Path, ScenarioSuffix) + ".golden"
	} else if n != nil && n.Kind == syntax.Text {
		s.Golden = path.Join(path.Dir(s.Path), n.Text)
		if strings.HasPrefix(s.Golden, "../") || path.IsAbs(n.Text) {
			l.found(n.Pos, "OA105", "write a relative path with slashes", "the golden file %q is not below the suite", n.Text)
		}
	}
}

func (l *builder) xfail(n *syntax.Node) *story.XFail {
	if n == nil || n.Kind != syntax.Map {
		return nil
	}
	return &story.XFail{Pos: n.Pos, Reason: text(n.Get("reason")), Rule: authn.RuleID(text(n.Get("rule"))), At: text(n.Get("at"))}
}

func text(n *syntax.Node) string {
	if n == nil || n.Kind != syntax.Text {
		return ""
	}
	return n.Text
}

func words(n *syntax.Node) []string {
	if n == nil {
		return nil
	}
	var list []string
	for _, item := range n.Items {
		list = append(list, item.Text)
	}
	return list
}
