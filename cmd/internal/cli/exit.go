package cli

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
)

// failure is an error of an Action, with what the Action left behind: a
// refusal keeps its events, and the reader of --json gets them.
type failure struct {
	world   string
	outcome authn.Outcome
	err     error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// usage is the fault of a command line that cannot be meant.
func usage(hints []string, format string, args ...any) *authn.Fault {
	return &authn.Fault{Code: CodeUsage, Message: fmt.Sprintf(format, args...), Hints: hints}
}

// cancelled is what a command gives that its user gave up.
func cancelled() *authn.Fault {
	return &authn.Fault{Code: CodeCancelled, Message: "cancelled"}
}

// finish turns the error of a command into text or JSON, and the exit code.
// It is the one place where that happens. An error that cannot be written
// still has its exit code, so what writing answers is left alone.
func (d *Deps) finish(err error) authn.Exit {
	if err == nil {
		return authn.ExitOK
	}
	if errors.Is(err, context.Canceled) {
		if _, ok := authn.AsFault(err); !ok {
			err = cancelled()
		}
	}
	var e *ended
	if errors.As(err, &e) {
		if d.Flags.JSON {
			_ = d.envelope(envelope{Failed: e.failed})
		}
		return e.exit
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{world: d.asked(), err: err}
	}
	if r, ok := authn.AsRefusal(f.err); ok {
		d.refused(f, r)
		return exitOf(r.Code)
	}
	fault, ok := authn.AsFault(f.err)
	if !ok {
		fault = surroundings(f.err)
	}
	d.faulted(f, fault)
	return exitOf(fault.Code)
}

// surroundings names an error that nobody below has named: the host's, or
// else a bug.
func surroundings(err error) *authn.Fault {
	var path *fs.PathError
	if errors.As(err, &path) || errors.Is(err, errOutput) {
		return &authn.Fault{Code: CodeHost, Message: "the host system refused", Err: err}
	}
	return &authn.Fault{Code: CodeBug, Message: "this is a bug in offauth: " + oneLine(err.Error()), Hints: []string{bugHint}}
}

const bugHint = "please report it with the command that you ran: https://github.com/offauth/offauth/issues"

// bug is what becomes of a panic: one line that says where.
func (d *Deps) bug(cause any) authn.Exit {
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
	fault := &authn.Fault{Code: CodeBug, Message: fmt.Sprintf("this is a bug in offauth: %s%s", oneLine(fmt.Sprint(cause)), where), Hints: []string{bugHint}}
	d.faulted(&failure{world: d.asked(), err: fault}, fault)
	return authn.ExitBug
}

// refused prints a refusal: what the product shows its user, where that is
// another text, beside the true reason.
func (d *Deps) refused(f *failure, r *authn.Refusal) {
	hints := d.asTyped(named(r.Hints, f.world))
	if d.Flags.JSON {
		_ = d.envelope(envelope{World: f.world, At: stampOf(f.outcome.At), Events: eventsJSON(f.outcome.Events), Warnings: f.outcome.Warnings,
			Refusal: &refusalJSON{Code: r.Code, Rule: r.Rule, Message: r.Message, Shown: r.Shown, Native: r.Native, Hint: strings.Join(hints, "\n")}})
		return
	}
	reason := r.Message
	if r.Shown != "" {
		d.say("%s: %q", cmp.Or(d.says, speaker(r.Site)), r.Shown)
		reason = "true reason: " + reason
	}
	rule := ""
	if r.Rule != "" {
		rule = ", " + string(r.Rule)
	}
	d.say("error: %s (%s%s)", oneLine(reason), r.Code, rule)
	if r.Native != "" {
		d.say("the product's own: %s", r.Native)
	}
	for _, w := range f.outcome.Warnings {
		d.say("warning: %s", w)
	}
	d.hint(hints)
}

// faulted prints a fault.
func (d *Deps) faulted(f *failure, fault *authn.Fault) {
	hints := d.asTyped(named(fault.Hints, f.world))
	message := oneLine(fault.Error())
	if d.Flags.JSON {
		_ = d.envelope(envelope{World: f.world, At: stampOf(f.outcome.At),
			Fault: &faultJSON{Code: fault.Code, Message: message, Hint: strings.Join(hints, "\n")}})
		return
	}
	d.say("error: %s", message)
	d.hint(hints)
}

func (d *Deps) hint(hints []string) {
	for _, h := range hints {
		d.say("hint: %s", h)
	}
}

// named puts the world's name into the hints of those below, who do not know
// what the user calls it.
func named(hints []string, world string) []string {
	if world == "" {
		return hints
	}
	out := make([]string, len(hints))
	for i, h := range hints {
		words := strings.Split(h, " ")
		for j, word := range words {
			if word == "NAME" {
				words[j] = world
			}
		}
		out[i] = strings.Join(words, " ")
	}
	return out
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

// ended is how a command ends that has done its work and found something
// wrong with what it looked at: its report is printed, there is no more to say.
type ended struct {
	exit   authn.Exit
	failed any
}

func (e *ended) Error() string { return exitText[e.exit] }
