package cli

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

type providerChallengeOptions struct {
	deps *Deps

	who
	provider, method     string
	title, context, mime string
	png, svg             string
	text                 bool
}

func newProviderChallengeCmd(d *Deps) *cobra.Command {
	o := &providerChallengeOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "challenge [provider] --method <method>",
		Short: "show the QR code of something to approve",
		Long: `Start a session (E9) and draw its QR code; off a terminal in half blocks, for
"device scan -". A newer session ends the phone's older one (E32).`,
		Example: `  offauth provider challenge bank --context 'Pay 120 EUR' --method OFFLINE:PIN
  offauth provider challenge --method OFFLINE -q | offauth device scan -`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.provider = arg(args, 0)
			if err := o.check(); err != nil {
				return err
			}
			return runProviderChallenge(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.context, "context", "", "`TEXT` to approve; none is allowed")
	f.StringVar(&o.title, "title", "", "its title `TEXT`")
	f.StringVar(&o.mime, "mime", "", "its MIME `TYPE`; text/plain if not said")
	f.StringVar(&o.method, "method", "", "the `METHOD`, as OFFLINE:PIN or offlinePin")
	f.StringVar(&o.png, "png", "", "write the code as a picture to `FILE`")
	f.StringVar(&o.svg, "svg", "", "write the code as a drawing to `FILE`")
	f.BoolVar(&o.text, "text", false, "print the verification data instead")
	o.bindPhone(cmd)
	return cmd
}

// check reads the method before anything is opened.
func (o *providerChallengeOptions) check() error {
	if o.method == "" {
		return usage([]string{"offauth provider challenge --method OFFLINE:PIN"}, "say with which method, with --method")
	}
	_, err := encap.ParseMethod(o.method)
	return err
}

type challengeJSON struct {
	Provider  string   `json:"provider"`
	User      string   `json:"user"`
	Phone     string   `json:"phone"`
	Session   string   `json:"session"`
	Method    string   `json:"method"`
	Data      string   `json:"data"`
	ExpiresAt *stamp   `json:"expires_at"`
	Files     []string `json:"files"`
	Simulated bool     `json:"simulated"`
}

func runProviderChallenge(ctx context.Context, o *providerChallengeOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		a, err := o.action(ctx, w, r)
		if err != nil {
			return err
		}
		out, err := w.actEncap(ctx, r, a)
		if err != nil {
			d.meanSubject(r, err)
			return err
		}
		c, err := resultOf[encap.ChallengeResult](out)
		if err != nil {
			return err
		}
		rep := report{world: w.Name, outcome: out,
			talk: []string{fmt.Sprintf("%s asks %s of %s for %s; session %s, expires %s", c.Provider, c.Phone, c.User, c.Method, c.Session, d.when(c.ExpiresAt, out.At))}}
		if o.context == "" && o.title == "" {
			rep.talk = append(rep.talk, "no context: the phone has nothing to show (--context)")
		}
		rep.talk = append(rep.talk, simulatedData)
		if err := w.warnLocked(ctx, c, &rep); err != nil {
			return err
		}
		files, err := o.present(c, &rep)
		if err != nil {
			return err
		}
		rep.result = challengeJSON{Provider: c.Provider, User: c.User, Phone: c.Phone, Session: c.Session, Method: string(c.Method),
			Data: c.Data, ExpiresAt: stampOf(c.ExpiresAt), Files: files, Simulated: true}
		return d.print(rep)
	})
}

// warnLocked warns of a challenge whose code the server will refuse, as the
// method is locked (E27).
func (w *World) warnLocked(ctx context.Context, c encap.ChallengeResult, rep *report) error {
	snap, err := w.Snapshot(ctx, authn.Scope{User: c.User, Sites: []authn.Site{authn.SiteServer}})
	if err != nil {
		return err
	}
	for _, u := range snap.Users {
		for _, l := range u.Locks {
			if l.Locked && l.Phone == c.Phone && (l.Method == "" || l.Method == string(c.Method)) {
				rep.outcome.Warnings = append(rep.outcome.Warnings, fmt.Sprintf(
					"%s is locked on %s, so no code of this challenge will be accepted (E27)", cmp.Or(l.Method, "every method"), l.Phone))
				rep.hints = append(rep.hints, "offauth admin user unlock "+c.User)
				return nil
			}
		}
	}
	return nil
}

// action fills in what the person left out: the first-made provider, the only
// user, else the only phone.
func (o *providerChallengeOptions) action(ctx context.Context, w *World, r authn.Roster) (encap.Challenge, error) {
	a := encap.Challenge{User: o.user, Phone: o.phone, Method: encap.Method(o.method), Title: o.title, Content: o.context, MIME: o.mime}
	var err error
	if a.Provider, err = w.provider(r, o.provider); err != nil {
		return a, err
	}
	if o.user != "" && o.phone == "" {
		if a.User, err = knownUser(r.Users, o.user); err != nil {
			return a, err
		}
		if len(inUse(phonesOf(r, o.user))) == 0 {
			return a, noPhone(r, o.user)
		}
		return a, nil // the core takes the one that is activated
	}
	if o.phone == "" && len(r.Users) == 1 && len(inUse(r.Phones)) > 0 {
		a.User = r.Users[0]
		return a, nil
	}
	phone, err := o.deps.phone(ctx, r, o.who, "")
	o.deps.meanPhone(r, phone)
	a.Phone = phone.Name
	return a, err
}
