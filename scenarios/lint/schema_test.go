package lint_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/offauth/offauth/scenarios/lint/schema"
	"github.com/offauth/offauth/scenarios/syntax"
)

// plainValue returns a node as encoding/json would.
func plainValue(n *syntax.Node) any {
	switch n.Kind {
	case syntax.Null:
		return nil
	case syntax.Bool:
		return n.Text == "true"
	case syntax.Int:
		v, err := strconv.ParseFloat(n.Text, 64)
		if err != nil {
			return n.Text
		}
		return v
	case syntax.Float:
		v, err := strconv.ParseFloat(n.Text, 64)
		if err != nil {
			return n.Text
		}
		return v + 0.5
	case syntax.Map:
		m := map[string]any{}
		for _, p := range n.Pairs {
			m[p.Key] = plainValue(p.Value)
		}
		return m
	case syntax.List:
		l := []any{}
		for _, item := range n.Items {
			l = append(l, plainValue(item))
		}
		return l
	}
	return n.Text
}

// checker implements the part of draft-07 that the schema uses; an unknown keyword
// fails the test.
type checker struct {
	t    *testing.T
	root map[string]any
}

func (c checker) accepts(schema map[string]any, v any) bool {
	for word, want := range schema {
		if !c.word(schema, word, want, v) {
			return false
		}
	}
	return true
}

func (c checker) word(schema map[string]any, word string, want, v any) bool {
	sub := func(s any) map[string]any { return s.(map[string]any) }
	m, isMap := v.(map[string]any)
	l, isList := v.([]any)
	text, isText := v.(string)
	switch word {
	case "$schema", "title", "description", "definitions", "then", "else":
		return true
	case "$ref":
		name := strings.TrimPrefix(want.(string), "#/definitions/")
		return c.accepts(sub(sub(c.root["definitions"])[name]), v)
	case "type":
		types, ok := want.([]any)
		if !ok {
			types = []any{want}
		}
		return slices.ContainsFunc(types, func(t any) bool { return isType(t.(string), v) })
	case "const":
		return fmt.Sprint(want) == fmt.Sprint(v)
	case "enum":
		return !isText || slices.Contains(want.([]any), v)
	case "pattern":
		return !isText || regexp.MustCompile(want.(string)).MatchString(text)
	case "minLength":
		return !isText || float64(utf8.RuneCountInString(text)) >= want.(float64)
	case "anyOf":
		return slices.ContainsFunc(want.([]any), func(s any) bool { return c.accepts(sub(s), v) })
	case "allOf":
		return !slices.ContainsFunc(want.([]any), func(s any) bool { return !c.accepts(sub(s), v) })
	case "if":
		if c.accepts(sub(want), v) {
			return c.accepts(sub(schema["then"]), v)
		}
		return c.accepts(sub(schema["else"]), v)
	case "items":
		return !isList || !slices.ContainsFunc(l, func(item any) bool { return !c.accepts(sub(want), item) })
	case "minItems":
		return !isList || float64(len(l)) >= want.(float64)
	case "minProperties":
		return !isMap || float64(len(m)) >= want.(float64)
	case "maxProperties":
		return !isMap || float64(len(m)) <= want.(float64)
	case "required":
		return !isMap || !slices.ContainsFunc(want.([]any), func(key any) bool { _, ok := m[key.(string)]; return !ok })
	case "propertyNames":
		for key := range m {
			if !c.accepts(sub(want), key) {
				return false
			}
		}
		return true
	case "properties", "patternProperties", "additionalProperties":
		return !isMap || c.properties(schema, word, m)
	}
	c.t.Fatalf("the schema uses %q, which this test does not know", word)
	return false
}

func (c checker) properties(schema map[string]any, word string, m map[string]any) bool {
	named, _ := schema["properties"].(map[string]any)
	patterns, _ := schema["patternProperties"].(map[string]any)
	for key, v := range m {
		s, isNamed := named[key]
		isPattern := false
		for pattern := range patterns {
			isPattern = isPattern || regexp.MustCompile(pattern).MatchString(key)
		}
		switch {
		case word == "properties" && isNamed:
			if !c.accepts(s.(map[string]any), v) {
				return false
			}
		case word == "additionalProperties" && !isNamed && !isPattern:
			if other, ok := schema[word].(map[string]any); !ok && schema[word] == false || ok && !c.accepts(other, v) {
				return false
			}
		}
	}
	return true
}

func isType(want string, v any) bool {
	switch v := v.(type) {
	case nil:
		return want == "null"
	case bool:
		return want == "boolean"
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	case []any:
		return want == "array"
	}
	return want == "object"
}

func schemaOf(t *testing.T, profile string) checker {
	t.Helper()
	c := checker{t: t}
	if err := json.Unmarshal(schema.JSON(profile), &c.root); err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t *testing.T, fsys fs.FS, name string) any {
	t.Helper()
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	root, _ := syntax.Parse(name, text)
	if root == nil {
		return nil
	}
	return plainValue(root)
}

func TestTheSchemaAcceptsEachValidFile(t *testing.T) {
	t.Parallel()
	fsys, names := valid(t)
	fixtures, err := fs.Glob(fsys, "fixtures/*")
	if err != nil || len(fixtures) < 2 {
		t.Fatal(fixtures, err)
	}
	for _, name := range append(names, fixtures...) {
		profile := "hypr"
		if strings.Contains(name, "encap") {
			profile = "encap"
		}
		for _, p := range []string{"", profile} {
			if c := schemaOf(t, p); !c.accepts(c.root, read(t, fsys, name)) {
				t.Errorf("%s: refused by the schema of %q", name, p)
			}
		}
	}
}

func TestTheSchemaRefusesManyInvalidFiles(t *testing.T) {
	t.Parallel()
	fsys := os.DirFS("testdata/invalid")
	names, err := fs.Glob(fsys, "*.scenario.yaml")
	if err != nil || len(names) < 40 {
		t.Fatal(len(names), err)
	}
	c, refused := schemaOf(t, ""), 0
	for _, name := range names {
		if v := read(t, fsys, name); v == nil || !c.accepts(c.root, v) {
			refused++
		}
	}
	if refused < 25 {
		t.Errorf("%d of %d are refused", refused, len(names))
	}
}

func TestTheSchemaOfAProfileHasItsVerbsAlone(t *testing.T) {
	t.Parallel()
	text := string(schema.JSON("hypr"))
	if !strings.Contains(text, `"device unlock"`) || strings.Contains(text, `"device approve"`) ||
		!strings.Contains(text, "no_pins_left (H30") {
		t.Error("the schema of hypr lacks its verbs, or has encap's")
	}
}
