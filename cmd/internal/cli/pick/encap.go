package pick

import (
	"context"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
)

// OlderDemo is the way on from a demo that was made before there were
// providers: it is left as it is.
const OlderDemo = "offauth world delete demo"

// ActEncap applies an Action of encap. In a demo that an older version made,
// what is refused for want of an activation says so.
func ActEncap(ctx context.Context, w *app.World, r authn.Roster, a authn.Action) (authn.Outcome, error) {
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
