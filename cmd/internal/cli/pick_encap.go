package cli

import (
	"context"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

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

// methodStrings spells methods for JSON.
func methodStrings(methods []encap.Method) []string {
	return names(methods, func(m encap.Method) string { return string(m) })
}
