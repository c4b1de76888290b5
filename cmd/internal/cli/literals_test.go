package cli

import (
	"go/ast"
	"go/token"
	"testing"

	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
)

// entries returns what the closed tables spell: codes, kinds of events, verbs
// and policy keys, each with the name of its table.
func entries() map[string]string {
	all := map[string]string{}
	for _, spec := range app.AllCodes() {
		all[string(spec.Code)] = "code"
	}
	for _, spec := range verb.Kinds() {
		all[string(spec.Kind)] = "kind of event"
	}
	for _, v := range verb.All() {
		all[v.Name] = "verb"
	}
	for _, s := range verb.Policy() {
		all[string(s.Key)] = "policy key"
	}
	return all
}

// TestEntriesOfClosedTablesAreNamedNotSpelled finds strings in the source that
// equal an entry of a closed table. Only the declaration of a constant, or the
// Verb method of an Action, may spell one, so a misspelt entry does not compile.
// A word that means something else, such as the field "locked" of a state, is a
// constant of its own owner.
func TestEntriesOfClosedTablesAreNamedNotSpelled(t *testing.T) {
	t.Parallel()
	table := entries()
	for _, s := range sources(t) {
		for text, n := range spelled(s.file, table) {
			t.Errorf("%s spells %q %d times; that is a %s: use its constant", s.name, text, n, table[text])
		}
	}
}

// spelled counts the literals of a file that are entries, except those that
// declare a constant, the paths of imports, and the name that an Action gives
// itself.
func spelled(file *ast.File, table map[string]string) map[string]int {
	found := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			return n.Tok != token.CONST && n.Tok != token.IMPORT
		case *ast.FuncDecl:
			return n.Recv == nil || n.Name.Name != "Verb"
		case *ast.BasicLit:
			if text, ok := literal(n); ok && table[text] != "" {
				found[text]++
			}
		}
		return true
	})
	return found
}
