package lint

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/syntax"
)

// secrets returns the names of the secret vars of all files. A secret of a fixture
// is secret in every story that uses it.
func (l *builder) secrets() []string {
	var names []string
	for _, f := range l.Files {
		n := f.Root.Get("secrets")
		if n == nil || n.Kind != syntax.List {
			continue
		}
		for _, item := range n.Items {
			v := l.Vars[item.Text]
			if v == nil {
				l.Foundf(item.Pos, "OA206", spelling.Suggest(item.Text, resolve.Keys(l.Vars)), "no such var: %q", item.Text)
			} else {
				l.Text("the secret "+item.Text, v)
			}
			l.Usage.Vars[item.Text] = true
			names = append(names, item.Text)
		}
	}
	return names
}

// hide reports secrets in names, which reports show, and masks secrets in the
// sources and findings.
func (l *builder) hide() {
	var texts []string
	for _, name := range l.Story.Secrets {
		if v := l.Vars[name]; v != nil && v.Kind == syntax.Text && !strings.Contains(v.Text, "${") {
			texts = append(texts, v.Text)
		}
	}
	if len(texts) == 0 {
		return
	}
	l.checkExposed(texts)
	for name, source := range l.Story.Sources {
		l.Story.Sources[name] = hidden(source, texts)
	}
	for i := range l.Findings {
		f := &l.Findings[i]
		f.Message, f.Help = hidden(f.Message, texts), hidden(f.Help, texts)
	}
}

// checkExposed reports secrets in names and other texts that reports do not mask.
func (l *builder) checkExposed(secrets []string) {
	check := func(what string, n *syntax.Node) {
		if n == nil || !slices.ContainsFunc(resolve.Words(&syntax.Node{Items: []*syntax.Node{n}}),
			func(text string) bool { return hidden(text, secrets) != text }) {
			return
		}
		l.Foundf(n.Pos, "OA203", "call it otherwise", "%s holds a secret, and every report shows it", what)
	}
	for _, key := range []string{"name", "description", "skip"} {
		check("the "+key, l.Root.Get(key))
	}
	if tags := l.Root.Get("tags"); tags != nil {
		for _, tag := range tags.Items {
			check("a tag", tag)
		}
	}
	check("the reason", l.Root.Get("xfail").Get("reason"))
	for _, row := range l.Cases {
		check("a row's name", row.Get("name"))
		check("a row's skip", row.Get("skip"))
	}
	for _, axis := range l.Axes {
		for _, v := range axis.Values {
			check("a value of the axis "+axis.Name, v)
		}
	}
}

// hidden replaces each character of a secret by a star, which keeps all columns.
func hidden(text string, secrets []string) string {
	return syntax.Hide(text, secrets, func(s string) string { return strings.Repeat("*", utf8.RuneCountInString(s)) })
}

// Hide masks the secrets that a file declares in its text, so that a line with a
// mistake can be shown.
func Hide(path string, text string) string {
	root, _ := syntax.Parse(path, []byte(text))
	var secrets []string
	for _, name := range resolve.Words(root.Get("secrets")) {
		if v := root.Get("vars").Get(name); v != nil && v.Kind == syntax.Text {
			secrets = append(secrets, v.Text)
		}
	}
	return hidden(text, secrets)
}
