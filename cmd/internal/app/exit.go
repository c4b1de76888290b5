package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

// Failure is an error of an Action, with what the Action left behind: a
// refusal keeps its events, and the reader of --json gets them.
type Failure struct {
	World   string
	Outcome authn.Outcome
	Err     error
}

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// Usage is the fault of a command line that cannot be meant.
func Usage(hints []string, format string, args ...any) *authn.Fault {
	return &authn.Fault{Code: CodeUsage, Message: fmt.Sprintf(format, args...), Hints: hints}
}

// Cancelled is what a command gives that its user gave up.
func Cancelled() *authn.Fault {
	return &authn.Fault{Code: CodeCancelled, Message: string(CodeCancelled)}
}

// Finish turns the error of a command into text or JSON, and the exit code.
// It is the one place where that happens. An error that cannot be written
// still has its exit code, so what writing answers is left alone.
func (d *Deps) Finish(err error) authn.Exit {
	if err == nil {
		return authn.ExitOK
	}
	if errors.Is(err, context.Canceled) {
		if _, ok := authn.AsFault(err); !ok {
			err = Cancelled()
		}
	}
	var e *CheckFailed
	if errors.As(err, &e) {
		if d.Flags.JSON {
			_ = d.Envelope(Envelope{Failed: e.Failed})
		}
		return e.Exit
	}
	var f *Failure
	if !errors.As(err, &f) {
		f = &Failure{World: d.FlagWorld(), Err: err}
	}
	if r, ok := authn.AsRefusal(f.Err); ok {
		printRefusal(d, f, r)
		return exitOf(r.Code)
	}
	fault, ok := authn.AsFault(f.Err)
	if !ok {
		fault = HostFault(f.Err)
	}
	printFault(d, f, fault)
	return exitOf(fault.Code)
}

// HostFault names an error that nobody below has named: the host's, or
// else a bug.
func HostFault(err error) *authn.Fault {
	var path *fs.PathError
	if errors.As(err, &path) || errors.Is(err, ErrOutput) {
		return &authn.Fault{Code: CodeHost, Message: "the host system refused", Err: err}
	}
	return &authn.Fault{Code: CodeBug, Message: "this is a bug in offauth: " + OneLine(err.Error()), Hints: []string{bugHint}}
}

const bugHint = "please report it with the command that you ran: https://github.com/offauth/offauth/issues"

// Bug is what becomes of a panic: one line that says where.
func (d *Deps) Bug(cause any) authn.Exit {
	where := ""
	// The frames above the panic are the runtime's and this function's own.
	for skip := 2; ; skip++ {
		pc, file, line, ok := runtime.Caller(skip)
		if !ok {
			break
		}
		fn := runtime.FuncForPC(pc)
		if fn != nil && strings.HasPrefix(fn.Name(), "runtime.") {
			continue
		}
		where = fmt.Sprintf(" at %s:%d", filepath.Base(file), line)
		break
	}
	fault := &authn.Fault{Code: CodeBug, Message: fmt.Sprintf("this is a bug in offauth: %s%s", OneLine(fmt.Sprint(cause)), where), Hints: []string{bugHint}}
	printFault(d, &Failure{World: d.FlagWorld(), Err: fault}, fault)
	return authn.ExitBug
}

// printRefusal prints a refusal: what the product shows its user, where that is
// another text, beside the true reason.
func printRefusal(d *Deps, f *Failure, r *authn.Refusal) {
	hints := d.AsTyped(keystore.Named(r.Hints, f.World))
	if d.Flags.JSON {
		_ = d.Envelope(Envelope{World: f.World, At: StampOf(f.Outcome.At), Events: EventsJSON(f.Outcome.Events), Warnings: f.Outcome.Warnings,
			Refusal: &refusalJSON{Code: r.Code, Rule: r.Rule, Message: r.Message, Shown: r.Shown, Native: r.Native, Hint: strings.Join(hints, "\n")}})
		return
	}
	reason := r.Message
	if r.Shown != "" {
		d.Say("%s: %q", cmp.Or(d.Speaker, speaker(r.Site)), r.Shown)
		reason = "true reason: " + reason
	}
	rule := ""
	if r.Rule != "" {
		rule = ", " + string(r.Rule)
	}
	d.Say("error: %s (%s%s)", OneLine(reason), r.Code, rule)
	if r.Native != "" {
		d.Say("the product's own: %s", r.Native)
	}
	for _, w := range f.Outcome.Warnings {
		d.Say("warning: %s", w)
	}
	d.Hint(hints)
}

// printFault prints a fault.
func printFault(d *Deps, f *Failure, fault *authn.Fault) {
	hints := d.AsTyped(keystore.Named(fault.Hints, f.World))
	message := OneLine(fault.Error())
	if d.Flags.JSON {
		_ = d.Envelope(Envelope{World: f.World, At: StampOf(f.Outcome.At),
			Fault: &FaultJSON{Code: fault.Code, Message: message, Hint: strings.Join(hints, "\n")}})
		return
	}
	d.Say("error: %s", message)
	d.Hint(hints)
}

func (d *Deps) Hint(hints []string) {
	for _, h := range hints {
		d.Say("hint: %s", h)
	}
}

// speaker names who shows a text to the user.
func speaker(site authn.Site) string {
	switch site.Role() {
	case authn.RolePhone:
		return "the phone says"
	case authn.RoleWorkstation:
		return "the lock screen says"
	}
	return "the product says"
}

// CheckFailed is how a command ends that has done its work and found something
// wrong with what it looked at: its report is printed, there is no more to say.
type CheckFailed struct {
	Exit   authn.Exit
	Failed any
}

func (e *CheckFailed) Error() string { return ExitText[e.Exit] }
