package cli

import (
	"slices"
	"testing"

	"github.com/offauth/offauth/cmd/internal/app"
)

func TestNegativeValuesAreNoFlags(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ args, want []string }{
		{[]string{"clock", "skew", "server", "5m"}, []string{"clock", "skew", "server", "5m"}},
		{[]string{"clock", "skew", "server", "-5m", "--json"}, []string{"clock", "skew", "server", "--json", "--", "-5m"}},
		{[]string{"clock", "skew", "server", "--", "-5m"}, []string{"clock", "skew", "server", "--", "-5m"}},
		{[]string{"log", "--last", "-5"}, []string{"log", "--last", "-5"}},
		{[]string{"clock", "skew", "--json", "-5m"}, []string{"clock", "skew", "--json", "--", "-5m"}},
		{nil, nil},
	} {
		if got := values(NewRoot(&app.Deps{}), row.args); !slices.Equal(got, row.want) {
			t.Errorf("%q became %q, want %q", row.args, got, row.want)
		}
	}
}
