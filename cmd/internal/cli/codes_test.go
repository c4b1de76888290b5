package cli

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
)

// TestCodesAndKindsInTheSourceHaveRows collects the codes and kinds in the
// source (constants of the types Code and Kind, and literals assigned to fields
// of those names) and compares them with the tables, both ways.
func TestCodesAndKindsInTheSourceHaveRows(t *testing.T) {
	t.Parallel()
	codes, kinds := map[string]string{}, map[string]string{}
	for _, s := range sources(t) {
		if strings.HasPrefix(s.pkg, "scenarios/") || s.pkg == "authn/familytest" {
			continue // whose codes and kinds are those of findings, nodes and reports, and of a family of tests
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for _, v := range n.Values {
					if text, ok := literal(v); ok {
						switch typeName(n.Type) {
						case "Code":
							codes[text] = s.name
						case "Kind":
							if s.pkg != "keystore" { // of vaults
								kinds[text] = s.name
							}
						}
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" {
					if text, ok := literal(n.Value); ok {
						codes[text] = s.name
					}
				}
			}
			return true
		})
	}
	var codeRows, kindRows []string
	for _, s := range app.AllCodes() {
		codeRows = append(codeRows, string(s.Code))
	}
	for _, k := range verb.Kinds() {
		kindRows = append(kindRows, string(k.Kind))
	}
	bothWays(t, "code", codes, codeRows)
	bothWays(t, "kind of event", kinds, kindRows)
}

func bothWays(t *testing.T, what string, used map[string]string, rows []string) {
	t.Helper()
	if len(used) < 10 {
		t.Errorf("only %d %ss were found in the source", len(used), what)
	}
	for text, file := range used {
		if !slices.Contains(rows, text) {
			t.Errorf("the %s %q of %s has no row", what, text, file)
		}
	}
	for _, row := range rows {
		// A row of its own table alone may spell its code there.
		if used[row] == "" && !quoted(t, row) {
			t.Errorf("the %s %q has a row, and nothing uses it", what, row)
		}
	}
}

// quoted reports whether a text stands between quotes in any source.
func quoted(t *testing.T, text string) bool {
	t.Helper()
	return slices.ContainsFunc(sources(t), func(s source) bool { return strings.Contains(s.text, strconv.Quote(text)) })
}

func literal(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(b.Value)
	return text, err == nil
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
