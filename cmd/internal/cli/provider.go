package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

func newProviderCmd(d *Deps) *cobra.Command {
	return parent("provider", groupPeople, "a service provider's site, with its QR codes",
		newProviderAddCmd(d, nil), newProviderChallengeCmd(d, nil), newProviderVerifyCmd(d, nil), newProviderSessionsCmd(d, nil))
}

// simulatedData is said beside what has a format of ours (rule A10).
const simulatedData = "simulated: Encap's own format is not public; verification data and code are offauth's (A10)"

// provider finds the provider of that name, or the first-made one.
func (w *World) provider(r authn.Roster, name string) (string, error) {
	switch {
	case len(r.Providers) == 0:
		f := missing(CodeNoProvider, "there is no service provider yet", "offauth provider add "+orName(name, "bank"))
		if w.Name == demoWorld {
			f.Hints = append(f.Hints, olderDemo)
		}
		return "", f
	case name == "":
		return r.Providers[0], nil
	}
	i := indexName(r.Providers, name)
	if i < 0 {
		return "", noSuch(CodeNoSuchProvider, "provider", name, r.Providers, "offauth provider sessions")
	}
	return r.Providers[i], nil
}

// olderDemo is the way on from a demo that was made before there were
// providers: it is left as it is.
const olderDemo = "offauth world delete demo"

// actEncap applies an Action of encap. In a demo that an older version made,
// what is refused for want of an activation says so.
func (w *World) actEncap(ctx context.Context, r authn.Roster, a authn.Action) (authn.Outcome, error) {
	out, err := w.act(ctx, a)
	if refused, ok := authn.AsRefusal(err); ok && refused.Code == encap.CodeNotActivated && w.Name == demoWorld && len(r.Providers) == 0 {
		refused.Hints = append(slices.Clone(refused.Hints), olderDemo)
	}
	return out, err
}

// methodNames lists the methods for completion.
func methodNames() []string {
	return names(encap.Methods(), func(m encap.Method) string { return string(m) })
}

// methodStrings spells methods for JSON.
func methodStrings(methods []encap.Method) []string {
	return names(methods, func(m encap.Method) string { return string(m) })
}
