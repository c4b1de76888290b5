package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type logOptions struct {
	deps *app.Deps

	site, kind, subject, user, since string
	last                             int
	follow, audit                    bool
}

func newLog(d *app.Deps) *cobra.Command {
	o := &logOptions{deps: d}
	cmd := &cobra.Command{
		Use: "log", GroupID: app.GroupLook,
		Short: "show what happened, where, and by which rule",
		Long: `Show the events of the world, oldest first: when, at which site, what, to whom,
with what result, by which rule (A15); never a secret. "offauth explain KIND"
says what a kind means. Copies for the audit trail are left out without --audit,
and from --json with --audit=false. --follow --json gives one event a line.`,
		Example: `  offauth log
  offauth log --site phone/pixel --since 1h --last 20
  offauth log --kind pin_shown --json`,
		Args: app.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.last < 0 {
				return app.Usage(nil, "--last is a number of events, 0 for all")
			}
			if !cmd.Flags().Changed("audit") {
				o.audit = d.Flags.JSON || o.kind == kindAudited
			}
			return runLog(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.site, "site", "", "only at the `SITE`")
	flags.StringVar(&o.kind, "kind", "", "only of the `KIND`")
	flags.StringVar(&o.subject, "subject", "", "only what concerns exactly `TEXT`, in any case")
	flags.StringVar(&o.user, "user", "", "only what concerns the user `NAME`, on any site")
	flags.StringVar(&o.since, "since", "", "only from a `TIME` on, or of the last 5m, 31d ...")
	flags.IntVar(&o.last, "last", 100, "only the newest `N`, 0 for all")
	flags.BoolVar(&o.audit, "audit", false, "also show the copies that reached the audit trail")
	flags.BoolVarP(&o.follow, "follow", "f", false, "keep printing new events")
	return cmd
}

// kindAudited is the event of an entry that reached the audit trail.
const kindAudited = "audited"

// followEvery is how often --follow looks for new events.
const followEvery = 250 * time.Millisecond

func runLog(ctx context.Context, o *logOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		q, now, err := o.query(ctx, w)
		if err != nil {
			return err
		}
		events, err := o.events(ctx, w, q)
		if err != nil {
			return err
		}
		if o.follow {
			return o.followOn(ctx, w, q, events)
		}
		rows := [][]string{logHead()}
		for _, e := range events {
			rows = append(rows, logRow(e))
		}
		lines := app.Table(rows)
		rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: now}, Result: app.ListOf(app.EventsJSON(events)),
			Lines: lines, Bare: lines[1:]}
		if len(events) == 0 {
			rep.Lines, rep.Talk = nil, []string{"nothing of that kind has happened"}
		}
		return d.Print(rep)
	})
}

// query returns the store's query for the flags, and the world's time.
func (o *logOptions) query(ctx context.Context, w *app.World) (authn.EventQuery, time.Time, error) {
	q := authn.EventQuery{Kind: authn.Kind(o.kind), Last: o.last}
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteWorld}})
	if err != nil {
		return q, snap.Now, err
	}
	if o.site != "" && o.site != string(authn.SiteWorld) {
		r, err := w.Roster(ctx)
		if err != nil {
			return q, snap.Now, err
		}
		if q.Site, err = pick.SiteOf(r, o.site, false); err != nil {
			return q, snap.Now, err
		}
	} else {
		q.Site = authn.Site(o.site)
	}
	if o.user, err = pick.Knows(ctx, w, o.user); err != nil {
		return q, snap.Now, err
	}
	if o.kind != "" {
		if err := knownKind(o.kind); err != nil {
			return q, snap.Now, err
		}
	}
	if o.since != "" {
		if q.Since, err = app.SinceOf(o.since, snap.Now); err != nil {
			return q, snap.Now, err
		}
	}
	return q, snap.Now, nil
}

// knownKind returns an error for an unknown kind of event.
func knownKind(kind string) error {
	kinds := app.NamesOf(verb.Kinds(), func(k authn.KindSpec) string { return string(k.Kind) })
	for _, k := range kinds {
		if k == kind {
			return nil
		}
	}
	return app.NoSuch(app.CodeNoSuchKind, "kind of event", kind, kinds, "offauth explain events")
}

// events returns the events that the flags select. The store selects by
// equality and the flags by meaning, so it reads more of the newest events
// until enough are left.
func (o *logOptions) events(ctx context.Context, w *app.World, q authn.EventQuery) ([]authn.Event, error) {
	for last := q.Last; ; q.Last *= 8 {
		events, err := w.Events(ctx, q)
		if err != nil {
			return nil, err
		}
		all := q.Last == 0 || len(events) < q.Last
		events = slices.DeleteFunc(events, func(e authn.Event) bool { return !o.selects(e) })
		switch {
		case last > 0 && len(events) >= last:
			return events[len(events)-last:], nil
		case all:
			return events, nil
		}
	}
}

// selects reports whether an event passes the filters that the store does not
// apply.
func (o *logOptions) selects(e authn.Event) bool {
	return (o.audit || e.Kind != kindAudited) && (o.user == "" || concerns(e, o.user)) &&
		(o.subject == "" || authn.SameName(e.Subject, o.subject))
}

// concerns reports whether an event is about a user: its subject, or one of its
// fields.
func concerns(e authn.Event, user string) bool {
	return e.Subject == user || strings.HasPrefix(e.Subject, user+"@") || e.Fields["user"] == user
}

// followOn prints events as they come until the context ends, which is not an
// error.
func (o *logOptions) followOn(ctx context.Context, w *app.World, q authn.EventQuery, events []authn.Event) error {
	d := o.deps
	if !d.Flags.Quiet && !d.Flags.JSON {
		if _, err := fmt.Fprintln(d.Streams.Out, strings.Join(logHead(), "  ")); err != nil {
			return err
		}
	}
	for {
		for _, e := range events {
			if err := o.line(e); err != nil {
				return err
			}
			q.After = e.Seq
		}
		q.Last = 0
		select {
		case <-ctx.Done():
			return nil
		case <-d.After(followEvery):
		}
		more, err := o.events(ctx, w, q)
		if errors.Is(err, context.Canceled) {
			return nil
		}
		if err != nil {
			return err
		}
		events = more
	}
}

// line prints one event.
func (o *logOptions) line(e authn.Event) error {
	text := strings.Join(logRow(e), "  ")
	if o.deps.Flags.JSON {
		b, err := json.Marshal(app.EventJSONOf(e))
		if err != nil {
			return err
		}
		text = string(authn.VisibleJSON(b))
	}
	_, err := fmt.Fprintln(o.deps.Streams.Out, app.OneOutput(text))
	return err
}

func logHead() []string {
	return []string{"time", "site", "kind", "subject", "result", "rule", "fields"}
}

func logRow(e authn.Event) []string {
	var fields []string
	for _, k := range slices.Sorted(maps.Keys(e.Fields)) {
		if text := fieldText(k, e.Fields[k]); text != "" {
			fields = append(fields, k+"="+text)
		}
	}
	return []string{e.At.UTC().Format(time.RFC3339), string(e.Site), string(e.Kind), cmp.Or(e.Subject, "-"), e.Result,
		cmp.Or(string(e.Rule), "-"), strings.Join(fields, " ")}
}

// fieldText returns a field's value as text; the audit trail's times are in
// milliseconds.
func fieldText(key string, value any) string {
	if ms, ok := value.(int64); ok && key == "happened_at" {
		return time.UnixMilli(ms).UTC().Format(time.RFC3339)
	}
	return fmt.Sprint(value)
}
