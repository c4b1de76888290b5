package pick

import (
	"cmp"
	"context"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
)

// OlderDemo is what helps in a demo that was made before there were providers;
// such a demo is left as it is.
const OlderDemo = "offauth world delete demo"

// Act applies an Action. What is refused in a demo that an older version made,
// as no phone is activated there, says how to make a new one.
func Act(ctx context.Context, w *app.World, r authn.Roster, a authn.Action) (authn.Outcome, error) {
	out, err := w.Act(ctx, a)
	if refused, ok := authn.AsRefusal(err); ok && refused.Code == encap.CodeNotActivated && w.Name == app.DemoWorld && len(r.Providers) == 0 {
		refused.Hints = append(slices.Clone(refused.Hints), OlderDemo)
	}
	return out, err
}

// MethodStrings spells methods for JSON.
func MethodStrings(methods []encap.Method) []string {
	return app.NamesOf(methods, func(m encap.Method) string { return string(m) })
}

// Provider finds the provider of that name, or the first-made one.
func Provider(w *app.World, r authn.Roster, name string) (string, error) {
	switch {
	case len(r.Providers) == 0:
		f := app.Missing(app.CodeNoProvider, "there is no service provider yet", "offauth provider add "+cmp.Or(name, "bank"))
		if w.Name == app.DemoWorld {
			f.Hints = append(f.Hints, OlderDemo)
		}
		return "", f
	case name == "":
		return r.Providers[0], nil
	}
	i := app.IndexName(r.Providers, name)
	if i < 0 {
		return "", app.NoSuch(app.CodeNoSuchProvider, "provider", name, r.Providers, "offauth provider sessions")
	}
	return r.Providers[i], nil
}
