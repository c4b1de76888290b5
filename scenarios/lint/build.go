package lint

import (
	"path"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// builder builds a story from its files.
type builder struct{ stepReader }

// build builds the story from the files: first the names, then everything that
// refers to them.
func (l *builder) build() {
	s := l.Story
	l.Usage = resolve.NewUsage()
	l.Vars = map[string]*syntax.Node{}
	l.Fragments = map[string]*resolve.Fragment{}
	for _, f := range l.Files {
		what := "fixture"
		if f.Main {
			what = "scenario"
		}
		l.walk(shape.Places()[what], f.Root)
	}
	l.profile()
	if l.Alone && !l.Known() {
		return
	}
	l.collectVars()
	l.tablesOfCases()
	l.collectActors()
	l.Open = l.Open || l.Alone
	l.collectFragments()
	l.scalars()
	l.checkVars()
	l.mergePolicies()
	s.Links = l.firstLinks()
	for _, name := range resolve.Keys(l.Fragments) {
		l.buildFragment(l.Fragments[name])
	}
	scope, checks := resolve.NewScope("setup"), l.Usage.Checks
	for _, f := range l.Files {
		if n := f.Root.Get("setup"); n != nil {
			s.Setup = append(s.Setup, l.steps(n, scope)...)
		}
	}
	l.Usage.Checks = checks // checks in the setup do not count
	scope.Where = "steps"
	s.Steps = l.steps(l.Root.Get("steps"), scope)
	s.Cleanup = l.steps(l.Root.Get("cleanup"), scope)
	if e := l.Root.Get("expect"); e != nil {
		s.Expect = e
		l.Expectation(e, scope, resolve.Subject{Kind: "story", Name: "the story"})
	}
	l.recursion()
	if !l.Alone {
		l.style(scope)
	}
	l.hide()
}

// walk checks the keys of a mapping and the values of simple kinds. Other values
// are checked where they are read.
func (l *builder) walk(p shape.Place, n *syntax.Node) {
	if !l.Keys(p, n) {
		return
	}
	for _, pair := range n.Pairs {
		if f, ok := p.Field(pair.Key); ok {
			l.shape(pair.Key, f, pair.Value)
		}
	}
}

// shape checks a value at the top level of a file, where references are not
// allowed.
func (l *builder) shape(key string, f shape.Field, n *syntax.Node) {
	switch f.Kind {
	case shape.SlugsKind, shape.PathsKind, shape.NamesKind, shape.RulesKind:
		l.list(key, f, n)
	case shape.MapOfKind:
		if n.Kind != syntax.Map {
			l.Foundf(n.Pos, "OA201", "", "%s must be a mapping of names, got %s", key, resolve.Say(n))
			return
		}
		for _, pair := range n.Pairs {
			l.walk(shape.Places()[f.Place], pair.Value)
		}
	case shape.PlaceKind:
		l.walk(shape.Places()[f.Place], n)
	case shape.WordsKind:
		if n.Kind != syntax.List {
			l.Choice(key, f.Choice, n)
			return
		}
		for _, item := range n.Items {
			l.Text(key, item)
		}
	case shape.ListOfKind, shape.StepsKind:
		if n.Kind != syntax.List {
			l.Foundf(n.Pos, "OA201", "begin each with a dash", "%s must be a list, got %s", key, resolve.Say(n))
		}
	case shape.AxesKind, shape.ValuesKind, shape.PolicyKind, shape.LinksKind:
		if n.Kind != syntax.Map {
			l.Foundf(n.Pos, "OA201", "", "%s must be a mapping, got %s", key, resolve.Say(n))
		}
	case shape.GoldenKind:
		if n.Kind != syntax.Bool {
			l.Value(key, f, n)
		}
	case shape.RuleKind:
		l.Rule(n)
	case shape.ExpectKind, shape.AnythingKind:
	default:
		l.Value(key, f, n)
	}
}

// list checks a list of words.
func (l *builder) list(key string, f shape.Field, n *syntax.Node) {
	if n.Kind != syntax.List {
		l.Foundf(n.Pos, "OA201", "write ["+n.Text+"]", "%s must be a list, got %s", key, resolve.Say(n))
		return
	}
	seen := map[string]bool{}
	for _, item := range n.Items {
		switch f.Kind {
		case shape.SlugsKind:
			l.Value("a tag", shape.Field{Kind: shape.SlugKind}, item)
		case shape.RulesKind:
			l.Rule(item)
		default:
			l.Text("an item of "+key, item)
		}
		if seen[item.Text] && item.Kind == syntax.Text {
			l.Foundf(item.Pos, "OA205", "leave one out", "%s has %q twice", key, item.Text)
		}
		seen[item.Text] = true
	}
}

// scalars reads the simple keys of the scenario itself, which walk has checked.
func (l *builder) scalars() {
	s, root := l.Story, l.Root
	if n := root.Get("name"); n != nil {
		s.Name, s.NamePos = n.Text, n.Pos
	}
	s.Description = resolve.Text(root.Get("description"))
	s.Tags, s.Secrets = resolve.Words(root.Get("tags")), l.secrets()
	for _, id := range resolve.Words(root.Get("rules")) {
		s.Rules = append(s.Rules, authn.RuleID(id))
	}
	s.Start, _ = resolve.Instant(root.Get("clock").Get("start"))
	s.Zone = resolve.Text(root.Get("clock").Get("zone"))
	s.Seed, _ = resolve.Integer(root.Get("seed"))
	if t := root.Get("timeout"); t != nil {
		s.Timeout.Virtual, _ = resolve.Duration(t.Get("virtual"))
		s.Timeout.Wall, _ = resolve.Duration(t.Get("wall"))
		if n := t.Get("actions"); n != nil {
			s.Timeout.Actions = l.Count("actions", n, 1)
		}
	}
	s.Skip = resolve.Text(root.Get("skip"))
	if n := root.Get("skip"); n != nil && n.Text == "" {
		l.Foundf(n.Pos, "OA202", "say why", "skip needs a reason")
	}
	s.XFail = l.xfail(root.Get("xfail"))
	s.Invariants = resolve.Words(root.Get("invariants"))
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
			l.Foundf(n.Pos, "OA105", "write a relative path with slashes", "the golden file %q is not below the suite", n.Text)
		}
	}
}

func (l *builder) xfail(n *syntax.Node) *story.XFail {
	if n == nil || n.Kind != syntax.Map {
		return nil
	}
	return &story.XFail{Pos: n.Pos, Reason: resolve.Text(n.Get("reason")), Rule: authn.RuleID(resolve.Text(n.Get("rule"))),
		At: resolve.Text(n.Get("at"))}
}
