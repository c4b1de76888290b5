package lint

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// style returns the warnings.
func (l *builder) style(s *resolve.Scope) {
	stem := strings.TrimSuffix(path.Base(l.Story.Path), ScenarioSuffix)
	if n := l.Root.Get("name"); n != nil && n.Kind == syntax.Text && n.Text != stem {
		l.Foundf(n.Pos, "OA402", "call the one like the other", "the name %q is not that of the file, %q", n.Text, stem)
	}
	if l.Usage.Checks == 0 && l.Story.Expect == nil && len(l.Story.Steps) > 0 {
		l.Foundf(l.Root.Get("steps").Pos, "OA401", "add expect to a step, or check",
			"this story checks nothing but that its steps are accepted")
	}
	for name, at := range l.Usage.Own {
		if !l.Usage.Vars[name] {
			l.Foundf(at, "OA403", "leave it out", "the var %q is not used", name)
		}
	}
	for _, f := range l.Fragments {
		if f.Own && !f.Used {
			l.Foundf(f.At, "OA403", "leave it out", "the fragment %q is not called", f.Name)
		}
	}
	l.unusedSaves(s)
	l.longWait()
}

// unusedSaves warns of saved values that the scenario never reads. It ignores those
// of fixtures, which other stories may read.
func (l *builder) unusedSaves(s *resolve.Scope) {
	for name, v := range s.Saved {
		if !v.Used && v.At.File == l.Story.Path {
			l.Foundf(v.At, "OA403", "leave it out", "the saved value %q is not used", name)
		}
	}
}

// longWait warns of a wait in which every credential expires, without a check after
// it.
func (l *builder) longWait() {
	days := int64(0)
	for _, setting := range l.Settings {
		if setting.Key == verb.Family(l.Family).Days {
			days, _ = strconv.ParseInt(setting.Value, 10, 64)
			for _, e := range l.Story.Policy {
				if n, ok := resolve.Integer(e.Value); e.Name == string(setting.Key) && ok {
					days = n
				}
			}
		}
	}
	if days == 0 {
		return
	}
	steps := l.Story.Steps
	for _, step := range slices.Backward(steps) {
		if step.Expect != nil || l.Story.Expect != nil {
			return
		}
		switch d := step.Body.(type) {
		case story.Check, story.Call, story.Repeat:
			return
		case story.Wait:
			if by, ok := d.By.Known.(time.Duration); ok && by >= time.Duration(days)*authn.Day {
				l.Foundf(d.By.Pos, "OA404", "check what it did",
					"this waits %s, longer than the %d days after which all expires, and nothing is checked behind it", d.By.Text,
					days)
			}
		}
	}
}

// Suite returns the warnings that need all stories: a tag that occurs once and
// resembles another is probably misspelt.
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
			if near := spelling.Nearest(tag, others); count[tag] == 1 && near != "" {
				findings = append(findings, syntax.Finding{Pos: s.NamePos, Code: "OA405", Message: "the tag " + strconv.Quote(tag) +
					" is used once", Help: `did you mean "` + near + `"?`})
			}
		}
	}
	syntax.Sort(findings)
	return findings
}
