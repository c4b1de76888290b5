package clock

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/cmd/internal/app"
)

type linkFaultOptions struct {
	deps *app.Deps

	kind    authn.FaultKind
	message string
	nth     int
}

func newLinkFaultCmd(d *app.Deps) *cobra.Command {
	o := &linkFaultOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "fault {drop | replay | tamper} <message>",
		Short: "let one message be lost, doubled or spoilt",
		Long: `Let the next message of a kind, or the n-th next, be lost, delivered twice or
changed on its way. It happens once. The kinds of messages are:
` + folded(MessageKinds()) + `.`,
		Example: `  offauth link fault drop pin_set
  offauth link fault tamper unlock_request --nth 2`,
		Args: app.Exactly(2, "what happens, {drop | replay | tamper}, and to which kind of message"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.kind, o.message = authn.FaultKind(args[0]), args[1]
			switch o.kind {
			case authn.Drop, authn.Replay, authn.Tamper:
			default:
				return app.Usage([]string{"offauth link fault --help"}, "a fault is drop, replay or tamper, not %q", args[0])
			}
			if !slices.Contains(MessageKinds(), o.message) {
				return app.NoSuch(app.CodeNoSuchMessage, "kind of message", o.message, MessageKinds(), "offauth link fault --help")
			}
			if o.nth < 1 {
				return app.Usage(nil, "--nth counts from 1, the next message of its kind")
			}
			return runLinkFault(cmd.Context(), o)
		},
	}
	cmd.Flags().IntVar(&o.nth, "nth", 1, "the `N`-th next message of the kind")
	return cmd
}

func runLinkFault(ctx context.Context, o *linkFaultOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		out, err := w.Act(ctx, authn.SetFault{Kind: o.kind, Message: o.message, Nth: o.nth})
		if err != nil {
			return err
		}
		line := faultText(authn.FaultView{Kind: o.kind, Message: o.message, Nth: o.nth})
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: linkFaultJSON{o.kind, o.message, o.nth}, Lines: []string{line}})
	})
}

// faultText words a fault that has not struck yet.
func faultText(f authn.FaultView) string {
	if f.Nth == 1 {
		return fmt.Sprintf("fault: %s the next message %s", f.Kind, f.Message)
	}
	return fmt.Sprintf("fault: %s message %s number %d from now", f.Kind, f.Message, f.Nth)
}

// folded writes a list in lines that fit the help.
func folded(words []string) string {
	var b strings.Builder
	column := 0
	for i, w := range words {
		if i > 0 {
			b.WriteByte(',')
			if column += len(w) + 2; column > 78 {
				b.WriteByte('\n')
				column = len(w)
			} else {
				b.WriteByte(' ')
			}
		} else {
			column = len(w)
		}
		b.WriteString(w)
	}
	return b.String()
}

// MessageKinds lists the kinds of messages that a fault can strike.
func MessageKinds() []string { return sim.MessageKinds() }
