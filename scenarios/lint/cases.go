package lint

import (
	"fmt"
	"slices"

	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// tablesOfCases reads cases and matrix.
func (l *builder) tablesOfCases() {
	l.readAxes(l.Root.Get("matrix").Get("axes"))
	rows := l.Root.Get("cases")
	if rows == nil || rows.Kind != syntax.List {
		return
	}
	if len(rows.Items) == 0 {
		l.Foundf(rows.Pos, "OA201", "leave cases out, or write a row", "cases has no row")
	}
	names := map[string]bool{}
	for i, row := range rows.Items {
		if row.Kind != syntax.Map {
			l.Foundf(row.Pos, "OA201", "write - {name: ..., KEY: VALUE}", "row %d of cases must be a mapping, got %s", i+1,
				resolve.Say(row))
			continue
		}
		l.Cases = append(l.Cases, row)
		c := story.Case{Pos: row.Pos}
		for _, p := range row.Pairs {
			switch p.Key {
			case "name":
				if l.Text("name", p.Value) && !shape.RowName().MatchString(p.Value.Text) {
					l.Foundf(p.Value.Pos, "OA202", "letters, digits, ., _ and -", "a row cannot be called %q", p.Value.Text)
				}
				if names[p.Value.Text] {
					l.Foundf(p.Value.Pos, "OA205", "", "two rows are called %q", p.Value.Text)
				}
				names[p.Value.Text] = true
				c.Name = p.Value.Text
			case "where":
				c.Where = l.where(p.Value)
			case "skip":
				if l.Text("skip", p.Value) && p.Value.Text == "" {
					l.Foundf(p.Value.Pos, "OA202", "say why", "skip needs a reason")
				}
				c.Skip = resolve.Text(p.Value)
			case "xfail":
				l.walk(shape.Places()["xfail"], p.Value)
				c.XFail = l.xfail(p.Value)
			default:
				c.Values = append(c.Values, story.Entry{Name: p.Key, At: p.At, Value: p.Value})
			}
		}
		if row.Get("name") == nil {
			l.Foundf(row.Pos, "OA207", "name it, as in {name: at-the-edge, ...}", "row %d of cases has no name", i+1)
		}
		l.Story.Cases = append(l.Story.Cases, c)
	}
	l.checkRows()
}

// checkRows reports rows without a key that another row has.
func (l *builder) checkRows() {
	var keys []string
	for _, c := range l.Story.Cases {
		for _, e := range c.Values {
			if !slices.Contains(keys, e.Name) {
				keys = append(keys, e.Name)
			}
		}
	}
	for i, c := range l.Story.Cases {
		for _, key := range keys {
			if !slices.ContainsFunc(c.Values, func(e story.Entry) bool { return e.Name == key }) {
				l.Foundf(c.Pos, "OA210", "all rows have the same keys", "row %d of cases lacks %q", i+1, key)
			}
		}
	}
}

// readAxes reads the axes of the matrix.
func (l *builder) readAxes(axes *syntax.Node) {
	if axes == nil || axes.Kind != syntax.Map {
		return
	}
	for _, p := range axes.Pairs {
		if p.Value.Kind == syntax.List && len(p.Value.Items) == 0 {
			l.Foundf(p.Value.Pos, "OA201", fmt.Sprintf("write %s: [A, B]", p.Key), "an axis must have a value, and %s has none",
				p.Key)
			continue
		}
		if p.Value.Kind != syntax.List {
			l.Foundf(p.Value.Pos, "OA201", fmt.Sprintf("write %s: [A, B]", p.Key), "an axis must be a list of values, got %s",
				resolve.Say(p.Value))
			continue
		}
		l.Axes = append(l.Axes, story.Axis{Name: p.Key, At: p.At, Values: p.Value.Items})
	}
	l.Story.Axes = l.Axes
	for _, a := range l.Axes {
		seen := map[string]bool{}
		for _, v := range a.Values {
			if v.Kind == syntax.Map || v.Kind == syntax.List || v.Kind == syntax.Null {
				l.Foundf(v.Pos, "OA202", "", "a value of an axis must be one word or number, got %s", resolve.Say(v))
			} else if seen[v.Text] {
				l.Foundf(v.Pos, "OA205", "", "the axis %s has %q twice", a.Name, v.Text)
			}
			seen[v.Text] = true
		}
	}
}

// where reads the values of the axes that a row is limited to.
func (l *builder) where(n *syntax.Node) []story.Entry {
	if n.Kind != syntax.Map {
		l.Foundf(n.Pos, "OA201", "write where: {AXIS: VALUE}", "where must be a mapping, got %s", resolve.Say(n))
		return nil
	}
	var entries []story.Entry
	for _, p := range n.Pairs {
		i := slices.IndexFunc(l.Axes, func(a story.Axis) bool { return a.Name == p.Key })
		if i < 0 {
			names := []string{}
			for _, a := range l.Axes {
				names = append(names, a.Name)
			}
			l.Foundf(p.At, "OA206", spelling.Suggest(p.Key, names), "no such axis: %q", p.Key)
			continue
		}
		var values []string
		for _, v := range l.Axes[i].Values {
			values = append(values, v.Text)
		}
		if !slices.Contains(values, p.Value.Text) {
			l.Foundf(p.Value.Pos, "OA307", spelling.Suggest(p.Value.Text, values), "the axis %s has no value %q", p.Key,
				p.Value.Text)
		}
		entries = append(entries, story.Entry{Name: p.Key, At: p.At, Value: p.Value})
	}
	return entries
}
