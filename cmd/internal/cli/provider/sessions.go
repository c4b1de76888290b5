package provider

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type providerSessionsOptions struct {
	deps *app.Deps

	provider string
}

func newProviderSessionsCmd(d *app.Deps) *cobra.Command {
	o := &providerSessionsOptions{deps: d}
	return &cobra.Command{
		Use:   "sessions [provider]",
		Short: "list the sessions that providers have started",
		Long: `List the sessions that a provider has started, or all of them have, the oldest
first: open, approved (E30), expired (E29), superseded by a newer one (E32), or
closed. Control characters of a context are shown as escapes (E12).`,
		Example: `  offauth provider sessions
  offauth provider sessions bank --json`,
		Annotations: app.Takes("provider"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.provider = app.Arg(args, 0)
			return runProviderSessions(cmd.Context(), o)
		},
	}
}

type sessionJSON struct {
	Provider  string     `json:"provider"`
	Session   string     `json:"session"`
	User      string     `json:"user"`
	Phone     string     `json:"phone"`
	Method    string     `json:"method"`
	Title     string     `json:"title"`
	Context   string     `json:"context"`
	MIME      string     `json:"mime"`
	State     string     `json:"state"`
	StartedAt *app.Stamp `json:"started_at"`
	ExpiresAt *app.Stamp `json:"expires_at"`
}

func runProviderSessions(ctx context.Context, o *providerSessionsOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		first, err := pick.Provider(w, r, o.provider)
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
					Title: s.Title, Context: s.Content, MIME: s.MIME, State: s.State, StartedAt: app.StampOf(s.StartedAt), ExpiresAt: app.StampOf(s.ExpiresAt)})
				rows = append(rows, []string{p.Name, s.ID, s.User, s.Phone, s.Method, s.State, d.When(s.ExpiresAt, snap.Now), app.Beginning(s.Content)})
			}
		}
		return d.Print(app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Result: app.ListOf(items), Lines: app.Table(rows)})
	})
}
