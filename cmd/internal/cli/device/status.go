package device

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type statusOptions struct {
	deps *app.Deps

	app.Who
}

func newStatus(d *app.Deps) *cobra.Command {
	o := &statusOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "show what the phones hold and offer",
		Long: `Show every phone with its icons: what it knows of each workstation, how many
offline PINs it has left (H28) and until when (H33), what it offers (H15, H16),
and whether it has an Enterprise Passkey there (H36); what its main screen says
while it has no internet (H16), and which clocks are off; then its methods for
one-time passwords, what is locked (E27, E34), what waits to be approved (E17),
and its Digipass. A PIN on a screen is not repeated; "offauth device unlock"
shows it again (H19).`,
		Example: `  offauth device status
  offauth device status --phone pixel --json`,
		Args: app.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return runStatus(cmd.Context(), o) },
	}
	o.Bind(cmd)
	return cmd
}

type statusJSON struct {
	app.List[show.IconJSON]
	Encap []encapJSON `json:"encap"`
	// Digipass lists the authenticators of OneSpan.
	Digipass []digipassJSON `json:"digipass"`
	// Locks are the locks of the users of these phones.
	Locks  []show.LockedJSON   `json:"locks"`
	Clocks []show.ClockOffJSON `json:"clocks_off"`
}

func runStatus(ctx context.Context, o *statusOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		sites, err := filtered(r, o.Who)
		if err != nil {
			return err
		}
		around := append([]authn.Site{authn.SiteServer}, sites...)
		for _, ws := range r.Workstations {
			around = append(around, authn.Workstation(ws.Name))
		}
		snap, err := w.Snapshot(ctx, authn.Scope{Sites: around})
		if err != nil {
			return err
		}
		items, lines := show.Icons(d, snap, snap.Phones)
		encap, more := otps(d, snap, snap.Phones)
		if len(more) > 0 {
			lines = append(append(lines, ""), more...)
		}
		digipass, last := digipassesOf(snap.Phones)
		locks := slices.DeleteFunc(show.LocksOf(snap, ""), func(l show.LockedJSON) bool { return !holds(snap.Phones, l) })
		clocks, off := show.ClocksOff(snap, func(s authn.Site) bool { return within(snap.Phones, s) })
		lines = slices.Concat(lines, last, show.LockLines(locks), off)
		return d.Print(app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Lines: lines,
			Result: statusJSON{app.ListOf(items), encap, digipass, locks, clocks}})
	})
}

// within reports whether a site is one of these phones, or a workstation paired
// with one.
func within(phones []authn.PhoneView, site authn.Site) bool {
	return slices.ContainsFunc(phones, func(p authn.PhoneView) bool {
		return site == authn.Phone(p.Name) || slices.ContainsFunc(p.Computers,
			func(c authn.ComputerView) bool { return site == authn.Workstation(c.Workstation) })
	})
}

// holds reports whether a lock belongs to one of these phones or, without a
// phone, to one of their users.
func holds(phones []authn.PhoneView, l show.LockedJSON) bool {
	return slices.ContainsFunc(phones, func(p authn.PhoneView) bool {
		return p.User == l.User && (l.Phone == "" || l.Phone == p.Name)
	})
}

// filtered returns the phones that the flags select.
func filtered(r authn.Roster, which app.Who) ([]authn.Site, error) {
	if which.User != "" {
		if _, err := pick.KnownUser(r.Users, which.User); err != nil {
			return nil, err
		}
	}
	phones := pick.PhonesOf(r, which.User)
	if len(phones) == 0 {
		return nil, pick.NoPhone(r, which.User)
	}
	if which.Phone != "" {
		one, err := pick.PhoneNamed(phones, which.Phone)
		if err != nil {
			return nil, err
		}
		phones = []authn.RosterPhone{one}
	}
	return app.NamesOf(phones, func(p authn.RosterPhone) authn.Site { return authn.Phone(p.Name) }), nil
}

// encapJSON is a phone's state for one-time passwords.
type encapJSON struct {
	Phone             string         `json:"phone"`
	User              string         `json:"user"`
	Activated         bool           `json:"activated"`
	Methods           []string       `json:"methods"`
	Locked            []string       `json:"locked"`
	BiometricFailures int            `json:"biometric_failures"`
	BiometricsLocked  bool           `json:"biometrics_locked"`
	Operation         *operationJSON `json:"operation"`
}

type operationJSON struct {
	Provider  string     `json:"provider"`
	Session   string     `json:"session"`
	Method    string     `json:"method"`
	Title     string     `json:"title"`
	Context   string     `json:"context"`
	MIME      string     `json:"mime"`
	ExpiresAt *app.Stamp `json:"expires_at"`
}

// otps returns the phones' states for one-time passwords, with lines about
// those that have any.
func otps(d *app.Deps, snap authn.Snapshot, phones []authn.PhoneView) ([]encapJSON, []string) {
	items, lines := []encapJSON{}, []string{}
	for _, p := range phones {
		if p.Encap == nil {
			continue
		}
		v := p.Encap
		item := encapJSON{Phone: p.Name, User: p.User, Activated: v.Registration != "",
			Methods: append([]string{}, v.Methods...),
			Locked:  lockedMethods(snap, p.Name), BiometricFailures: v.BiometricFailures, BiometricsLocked: v.BiometricsLocked}
		state := "not activated for one-time passwords"
		if item.Activated {
			state = "one-time passwords with " + strings.Join(v.Methods, ", ")
		}
		lines = append(lines, p.Name+": "+state)
		if o := v.Operation; o != nil {
			item.Operation = &operationJSON{Provider: o.Provider, Session: o.Session, Method: o.Method, Title: o.Title,
				Context: o.Content, MIME: o.MIME, ExpiresAt: app.StampOf(o.Until)}
			lines = append(lines, fmt.Sprintf("  %s asks for %s until %s: %s", o.Provider, o.Method, d.When(o.Until, snap.Now),
				app.Beginning(cmp.Or(o.Content, cmp.Or(o.Title, "(no context)")))))
		}
		items = append(items, item)
	}
	return items, lines
}

// lockedMethods returns the methods that the server has locked on a phone
// (E27).
func lockedMethods(snap authn.Snapshot, phone string) []string {
	locked := []string{}
	for _, u := range snap.Users {
		for _, l := range u.Locks {
			if l.Phone == phone && l.Locked {
				locked = append(locked, cmp.Or(l.Method, "every method"))
			}
		}
	}
	return locked
}

// digipassJSON is the authenticator on a phone.
type digipassJSON struct {
	Phone  string `json:"phone"`
	User   string `json:"user"`
	Serial string `json:"serial"`
	Type   string `json:"type"`
	Digits int    `json:"digits"`
	// StepSeconds is 0 for an event-based one.
	StepSeconds int `json:"step_seconds"`
}

// digipassesOf returns the authenticators on phones, with a line for each.
func digipassesOf(phones []authn.PhoneView) ([]digipassJSON, []string) {
	items, lines := []digipassJSON{}, []string{}
	for _, p := range phones {
		if v := p.Digipass; v != nil {
			items = append(items, digipassJSON{Phone: p.Name, User: p.User, Serial: v.Serial, Type: v.Type, Digits: v.Digits,
				StepSeconds: int(v.Step.Seconds())})
			lines = append(lines, fmt.Sprintf("%s: Digipass %s, %s-based, %d digits", p.Name, v.Serial, v.Type, v.Digits))
		}
	}
	return items, lines
}
