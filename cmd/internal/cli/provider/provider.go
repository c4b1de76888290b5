package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

// New returns the command "provider" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("provider", app.GroupPeople, "a service provider's site, with its QR codes",
		leaf.New(d, add()), newChallenge(d), leaf.New(d, verify()), newSessions(d))
}

func add() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.AddProvider{}, Missing: "what the provider is called",
		Short: "add a service provider's site",
		Long: `Add a service provider's site: the one that shows a QR code, and takes the
one-time password that a phone makes of it (E9, E21).

Offline methods are off until the application allows them (E1), and need a
length of one-time passwords (E2): see "offauth admin policy explain".`,
		Example: `  offauth provider add shop`,
		Report: func(ctx context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) (err error) {
			rep.Lines, rep.Result = []string{c.Text("name") + ": added"}, map[string]string{"provider": c.Text("name")}
			rep.Next, err = pick.NextAfter(ctx, c.World, "", "")
			return err
		},
	}
}

func verify() leaf.Leaf[encap.VerifyResult] {
	return leaf.Leaf[encap.VerifyResult]{
		Action: encap.Verify{},
		Short:  "type a one-time password into the site",
		Long: `Type the one-time password that the phone shows into the provider's site (E21).
It is taken once (E30), for the context that was shown (E22), before the
session ends (E29). A wrong one leaves the session open, until the third in a
row locks the method (E26, E31).

It is asked for without echo, or read from the first line of stdin with
--stdin; never an argument. Blanks and hyphens do not matter.`,
		Example: `  offauth provider challenge --method OFFLINE -q | offauth device scan -
  offauth device approve -q | offauth provider verify bank --stdin`,
		Flags: map[string]leaf.Flag{"session": {Text: "the `SESSION`; the newest if not said"}},
		Stdin: "read the code from the first line of stdin",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return codeAsArgument()
			}
			return nil
		},
		Pick: func(_ context.Context, c *leaf.Call) error {
			name := c.Text("provider")
			if name != "" && app.IndexName(c.Roster.Providers, name) < 0 && strings.Trim(name, "0123456789 -") == "" {
				return codeAsArgument()
			}
			name, err := pick.Provider(c.World, c.Roster, name)
			c.Set("provider", name)
			return err
		},
		Secret: func(ctx context.Context, c *leaf.Call) (authn.Secret, error) {
			provider := c.Text("provider")
			hint := "offauth device approve -q | offauth provider verify " + provider + " --stdin"
			return c.SecretFrom(ctx, "one-time password for "+provider, hint, c.Stdin)
		},
		Lines: func(_ *leaf.Call, r encap.VerifyResult) []string {
			return []string{fmt.Sprintf("%s: approved by %s of %s with %s (session %s)", r.Provider, r.Phone, r.User, r.Method,
				r.Session)}
		},
	}
}

// codeAsArgument returns the error for a one-time password on the command line,
// without repeating it.
func codeAsArgument() *authn.Fault {
	return app.Usage([]string{"offauth provider verify", "offauth device approve -q | offauth provider verify --stdin"},
		"that is no provider, and a one-time password is never an argument: everybody on the machine sees it in the "+
			"list of processes, and the shell keeps it")
}

func newSessions(d *app.Deps) *cobra.Command {
	return leaf.NewLook(d, leaf.Look{
		Use:   "sessions [provider]",
		Short: "list the sessions that providers have started",
		Long: `List the sessions that a provider has started, or all of them have, the oldest
first: open, approved (E30), expired (E29), superseded by a newer one (E32), or
closed. Control characters of a context are shown as escapes (E12).`,
		Example: `  offauth provider sessions
  offauth provider sessions bank --json`,
		Takes:  "provider",
		Report: sessionsReport,
	})
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

func sessionsReport(ctx context.Context, d *app.Deps, w *app.World, snap authn.Snapshot, name string,
	rep *app.Report) error {
	r, err := w.Roster(ctx)
	if err != nil {
		return err
	}
	first, err := pick.Provider(w, r, name)
	if err != nil {
		return err
	}
	var items []sessionJSON
	rows := [][]string{{"provider", "session", "user", "phone", "method", "state", "expires", "context"}}
	for _, p := range snap.Providers {
		if name != "" && p.Name != first {
			continue
		}
		for _, s := range p.Sessions {
			items = append(items, sessionJSON{Provider: p.Name, Session: s.ID, User: s.User, Phone: s.Phone, Method: s.Method,
				Title: s.Title, Context: s.Content, MIME: s.MIME, State: s.State, StartedAt: app.StampOf(s.StartedAt),
				ExpiresAt: app.StampOf(s.ExpiresAt)})
			rows = append(rows, []string{p.Name, s.ID, s.User, s.Phone, s.Method, s.State, d.When(s.ExpiresAt, snap.Now),
				app.Beginning(s.Content)})
		}
	}
	rep.Result, rep.Lines = app.ListOf(items), app.Table(rows)
	return nil
}
