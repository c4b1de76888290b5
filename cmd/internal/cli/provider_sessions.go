package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type providerSessionsOptions struct {
	deps *Deps

	provider string
}

func newProviderSessionsCmd(d *Deps) *cobra.Command {
	o := &providerSessionsOptions{deps: d}
	return &cobra.Command{
		Use:   "sessions [provider]",
		Short: "list the sessions that providers have started",
		Long: `List the sessions that a provider has started, or all of them have, the oldest
first: open, approved (E30), expired (E29), superseded by a newer one (E32), or
closed. Control characters of a context are shown as escapes (E12).`,
		Example: `  offauth provider sessions
  offauth provider sessions bank --json`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.provider = arg(args, 0)
			return runProviderSessions(cmd.Context(), o)
		},
	}
}

type sessionJSON struct {
	Provider  string `json:"provider"`
	Session   string `json:"session"`
	User      string `json:"user"`
	Phone     string `json:"phone"`
	Method    string `json:"method"`
	Title     string `json:"title"`
	Context   string `json:"context"`
	MIME      string `json:"mime"`
	State     string `json:"state"`
	StartedAt *stamp `json:"started_at"`
	ExpiresAt *stamp `json:"expires_at"`
}

func runProviderSessions(ctx context.Context, o *providerSessionsOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		first, err := w.provider(r, o.provider)
		if err != nil {
			return err
		}
		var scope authn.Scope
		if o.provider != "" {
			scope.Sites = []authn.Site{authn.Provider(first)}
		}
		snap, err := w.Snapshot(ctx, scope)
		if err != nil {
			return err
		}
		var items []sessionJSON
		rows := [][]string{{"provider", "session", "user", "phone", "method", "state", "expires", "context"}}
		for _, p := range snap.Providers {
			for _, s := range p.Sessions {
				items = append(items, sessionJSON{Provider: p.Name, Session: s.ID, User: s.User, Phone: s.Phone, Method: s.Method,
					Title: s.Title, Context: s.Content, MIME: s.MIME, State: s.State, StartedAt: stampOf(s.StartedAt), ExpiresAt: stampOf(s.ExpiresAt)})
				rows = append(rows, []string{p.Name, s.ID, s.User, s.Phone, s.Method, s.State, d.when(s.ExpiresAt, snap.Now), beginning(s.Content)})
			}
		}
		return d.print(report{world: w.Name, outcome: authn.Outcome{At: snap.Now}, result: listOf(items), lines: table(rows)})
	})
}
