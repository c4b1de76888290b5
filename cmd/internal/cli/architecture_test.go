package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the module's path, repository the folder it lies in.
const (
	module     = "github.com/offauth/offauth/"
	repository = "../../.."
)

// layer is a row of the import table: its packages, and what they may import of
// the project and of others. The first matching row applies to a package. Test
// files are exempt.
type layer struct {
	packages, project, others *regexp.Regexp
}

func layers() []layer {
	row := func(packages, project, others string) layer {
		whole := func(p string) *regexp.Regexp { return regexp.MustCompile("^(" + p + ")$") }
		return layer{whole(packages), whole(project), whole(others)}
	}
	const (
		none    = `[^\s\S]`
		bubbles = `github\.com/charmbracelet/(bubbletea|bubbles|lipgloss)(/.*)?`
		pane    = `tui/(phone|workstation|control|provider|eventlog|simbar|bigpin|intent|style)`
	)
	return []layer{
		row(`authn|authn/oath`, none, none),
		row(`authn/family`, `authn`, none),
		row(`authn/(hypr|encap|onespan)`, `authn|authn/(oath|family)`, `golang\.org/x/crypto/argon2`),
		row(`authn/(sim|familytest)`, `authn|authn/family`, none), // sim knows no family by name
		row(`authn/(verb|policytest|diagnosis)`, `authn(/.*)?`, none),
		row(`keystore`, `authn`, none),
		row(`keystore/(batch|seal)`, `authn|keystore`, none),
		row(`keystore/disk`, `authn|keystore`, `github\.com/gofrs/flock`),
		row(`keystore/keyring`, `keystore|keystore/disk`, `github\.com/zalando/go-keyring|github\.com/godbus/dbus/v5`),
		row(`keystore/vault`, `keystore|keystore/disk`, `filippo\.io/age`),
		row(`keystore/memory`, `authn|keystore/batch`, none),
		row(`keystore/sqlite`, `authn|keystore|keystore/(batch|disk|seal)`, `modernc\.org/sqlite(/lib)?`),
		row(`keystore/worlds`, `authn|keystore|keystore/(disk|seal|sqlite|vault)`, none),
		row(`keystore/keystoretest`, `authn|keystore`, `pgregory\.net/rapid`), // a test, in a package of its own
		row(`scenarios/syntax`, `authn(/.*)?|scenarios/.*`, `github\.com/goccy/go-yaml(/.*)?`),
		row(`scenarios/invariant`, `authn|authn/sim`, none), // it knows no family by name
		row(`scenarios(/.*)?`, `authn(/.*)?|scenarios/.*`, none),
		row(`tui/screen`, none, `github\.com/charmbracelet/bubbletea|golang\.org/x/term`),
		row(pane, `authn|authn/(hypr|encap|onespan|verb)|tui/(intent|style|screen)`, bubbles),
		row(`tui`, `authn|authn/(hypr|encap|onespan|verb|diagnosis)|scenarios(/.*)?|tui/.*`, bubbles),
		row(`cmd/internal/quietterm`, none, none),
		row(`cmd/internal/.*`, `.*`, `github\.com/spf13/(cobra(/doc)?|pflag)|golang\.org/x/term|github\.com/mdp/qrterminal/v3|rsc\.io/qr|github\.com/makiuchi-d/gozxing(/.*)?|golang\.org/x/image/(bmp|webp)|github\.com/charmbracelet/bubbletea`),
		row(`cmd/offauth`, `cmd/internal/(cli|quietterm)`, none),
	}
}

// source is a Go file that is not a test.
type source struct {
	name, pkg string
	text      string
	file      *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(repository, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && name != repository) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(repository, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		all = append(all, source{name: rel, pkg: path.Dir(rel), text: string(text), file: file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d files were found", len(all))
	}
	return all
}

func (s source) imports() []string {
	var paths []string
	for _, i := range s.file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

func isProject(p string) bool { return strings.HasPrefix(p, module) }
func isOther(p string) bool   { return !isProject(p) && strings.Contains(strings.Split(p, "/")[0], ".") }

func TestImportsKeepToTheTable(t *testing.T) {
	t.Parallel()
	rows := layers()
	for _, s := range sources(t) {
		i := slices.IndexFunc(rows, func(l layer) bool { return l.packages.MatchString(s.pkg) })
		if i < 0 {
			t.Errorf("%s: the package %s stands in no row of design.md's table", s.name, s.pkg)
			continue
		}
		for _, p := range s.imports() {
			if isProject(p) && !rows[i].project.MatchString(strings.TrimPrefix(p, module)) || isOther(p) &&
				!rows[i].others.MatchString(p) {
				t.Errorf("%s imports %s, which the table does not let %s do", s.name, p, s.pkg)
			}
		}
	}
}

func TestEachOfKeystoresAndScenariosDependenciesIsInOnePackage(t *testing.T) {
	t.Parallel()
	users := map[string][]string{}
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.pkg, "keystore/") && !strings.HasPrefix(s.pkg, "scenarios/") {
			continue
		}
		for _, p := range s.imports() {
			owner := strings.Join(strings.SplitN(p, "/", 4)[:min(2, strings.Count(p, "/")+1)], "/")
			if isOther(p) && !slices.Contains(users[owner], s.pkg) {
				users[owner] = append(users[owner], s.pkg)
			}
		}
	}
	for p, packages := range users {
		if len(packages) > 1 {
			t.Errorf("%s is imported in %v; one package is to hold it", p, packages)
		}
	}
}

// pure reports whether a package must be independent of time, randomness and
// the host.
func pure(pkg string) bool {
	return pkg == "authn" || strings.HasPrefix(pkg, "authn/") || strings.HasPrefix(pkg, "scenarios/")
}

func TestTheCoreReadsNoClockNoChanceAndNoHost(t *testing.T) {
	t.Parallel()
	ambient := map[string][]string{
		"time": {"Now", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Since", "Until", "Local"},
		"rand": {"Reader", "Read", "Int", "Text"},
	}
	for _, s := range sources(t) {
		if !pure(s.pkg) {
			continue
		}
		for _, p := range s.imports() {
			switch {
			case p == "log/slog":
			case p == "os", p == "net", p == "log", p == "crypto/rand", p == "math/rand", p == "math/rand/v2", p == "syscall",
				p == "unsafe",
				strings.HasPrefix(p, "os/"), strings.HasPrefix(p, "net/"), strings.HasPrefix(p, "log/"):
				t.Errorf("%s imports %s", s.name, p)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil && slices.Contains(ambient[x.Name], sel.Sel.Name) {
				t.Errorf("%s uses %s.%s; time and chance come through Env (A8)", s.name, x.Name, sel.Sel.Name)
			}
			return true
		})
	}
}

func TestSecretsAreRevealedInTheseFilesOnly_A9(t *testing.T) {
	t.Parallel()
	want := []string{
		"authn/encap/otp.go",                  // hashing a PIN, and handing on a code that was typed
		"authn/hypr/pin.go",                   // judging a PIN that was typed
		"authn/onespan/credential.go",         // judging a credential that was typed, and handing it on sealed
		"authn/secret.go",                     // comparing, in constant time
		"authn/sim/moves_secret.go",           // into the sealed half of a recorded move
		"cmd/internal/app/vault.go",           // the passphrase, into the vault
		"cmd/internal/cli/device/encap.go",    // the code that the user asked for
		"cmd/internal/cli/device/phone.go",    // the one-time password that the user asked for
		"cmd/internal/cli/device/unlock.go",   // the PIN that the user asked for
		"scenarios/compose/references.go",     // finding what a typed text repeats; only references are written
		"scenarios/invariant/encap/book.go",   // comparing what was typed with what was shown
		"scenarios/invariant/encap/right.go",  // judging whether what was refused was right
		"scenarios/invariant/onespan/book.go", // comparing what was typed with what was shown
		"scenarios/invariant/secret.go",       // finding what was typed and shown in events and refusals
		"scenarios/player/mask/mask.go",       // naming secrets, so that reports show which is which
		"scenarios/player/match/match.go",     // holding a secret against a regular expression of a story
		"scenarios/value/eval.go",             // a secret inside of a text, which is a secret then
		"tui/bigpin/card.go",                  // the PIN, large
	}
	var got []string
	for _, s := range sources(t) {
		reveals := false
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Reveal" {
				reveals = true
			}
			return true
		})
		if reveals {
			got = append(got, s.name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("Reveal is called in %v, want %v", got, want)
	}
}

func TestOnlyTheTerminalGuardHasAnInit(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" && s.pkg != "cmd/internal/quietterm" {
				t.Errorf("%s has an init", s.name)
			}
		}
	}
}

func TestFilesAreFinishedAndDocumented(t *testing.T) {
	t.Parallel()
	unfinished := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b`)
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if found := unfinished.FindString(s.text); found != "" {
			t.Errorf("%s has a %s", s.name, found)
		}
		documented[s.pkg] = documented[s.pkg] || s.file.Doc != nil
		undocumented(t, s)
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("the package %s has no comment", pkg)
		}
	}
}

// undocumented reports exported functions and types without a comment.
func undocumented(t *testing.T, s source) {
	t.Helper()
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && d.Recv == nil {
				t.Errorf("%s: %s has no comment", s.name, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && ts.Doc == nil && d.Doc == nil {
					t.Errorf("%s: %s has no comment", s.name, ts.Name.Name)
				}
			}
		}
	}
}
