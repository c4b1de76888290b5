package lint

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// usage counts what is used while a story is read.
type usage struct {
	vars map[string]bool
	// own are the scenario's own vars; a fixture's serve other stories too.
	own    map[string]syntax.Pos
	checks int
	calls  []fragmentCall
}

func newUsage() usage { return usage{vars: map[string]bool{}, own: map[string]syntax.Pos{}} }

// style returns the warnings.
func (l *builder) style(s *scope) {
	stem := strings.TrimSuffix(path.Base(l.story.Path), ScenarioSuffix)
	if n := l.root.Get("name"); n != nil && n.Kind == syntax.Text && n.Text != stem {
		l.found(n.Pos, "OA402", "call the one like the other", "the name %q is not that of the file, %q", n.Text, stem)
	}
	if l.usage.checks == 0 && l.story.Expect == nil && len(l.story.Steps) > 0 {
		l.found(l.root.Get("steps").Pos, "OA401", "add expect to a step, or check", "this story checks nothing but that its steps are accepted")
	}
	for name, at := range l.usage.own {
		if !l.usage.vars[name] {
			l.found(at, "OA403", "leave it out", "the var %q is not used", name)
		}
	}
	for _, f := range l.fragments {
		if f.own && !f.used {
			l.found(f.at, "OA403", "leave it out", "the fragment %q is not called", f.name)
		}
	}
	l.unusedSaves(s)
	l.longWait()
}

// unusedSaves warns of what is saved and never read. A fixture's save serves
// other stories too.
func (l *builder) unusedSaves(s *scope) {
	for name, v := range s.saved {
		if !v.used && v.at.File == l.story.Path {
			l.found(v.at, "OA403", "leave it out", "the saved value %q is not used", name)
		}
	}
}

// longWait warns of a wait over the expiry of every credential with nothing
// looked at behind it.
func (l *builder) longWait() {
	days := int64(0)
	for _, setting := range l.settings {
		if setting.Key == hypr.KeyDays || setting.Key == onespan.KeyWindowDays {
			days, _ = strconv.ParseInt(setting.Value, 10, 64)
			for _, e := range l.story.Policy {
				if n, ok := integer(e.Value); e.Name == string(setting.Key) && ok {
					days = n
				}
			}
		}
	}
	if days == 0 {
		return
	}
	steps := l.story.Steps
	for _, step := range slices.Backward(steps) {
		if step.Expect != nil || l.story.Expect != nil {
			return
		}
		switch d := step.Deed.(type) {
		case story.Check, story.Call, story.Repeat:
			return
		case story.Wait:
			if by, ok := d.By.Known.(time.Duration); ok && by >= time.Duration(days)*authn.Day {
				l.found(d.By.Pos, "OA404", "check what it did", "this waits %s, longer than the %d days after which all expires, and nothing is checked behind it", d.By.Text, days)
			}
		}
	}
}

// Suite returns the warnings that take all stories to see: a tag that one alone
// has is a likely slip.
func Suite(stories []*story.Story) []syntax.Finding {
	count := map[string]int{}
	for _, s := range stories {
		for _, tag := range s.Tags {
			count[tag]++
		}
	}
	var findings []syntax.Finding
	for _, s := range stories {
		for _, tag := range s.Tags {
			var others []string
			for name, n := range count {
				if n > 1 {
					others = append(others, name)
				}
			}
			if near := nearest(tag, others); count[tag] == 1 && near != "" {
				findings = append(findings, syntax.Finding{Pos: s.NamePos, Code: "OA405", Message: "the tag " + strconv.Quote(tag) + " is used once", Help: `did you mean "` + near + `"?`})
			}
		}
	}
	syntax.Sort(findings)
	return findings
}
