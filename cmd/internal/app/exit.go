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
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore"
)

// Failure is the error of an Action with its Outcome: a refusal still has
// events, and --json prints them.
type Failure struct {
	World   string
	Outcome authn.Outcome
	Err     error
}

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// Usage returns the fault of an invalid command line.
func Usage(hints []string, format string, args ...any) *authn.Fault {
	return &authn.Fault{Code: CodeUsage, Message: fmt.Sprintf(format, args...), Hints: hints}
}

// Cancelled returns the fault of a command that the user cancelled.
func Cancelled() *authn.Fault {
	return &authn.Fault{Code: CodeCancelled, Message: string(CodeCancelled)}
}

// Finish prints the error of a command as text or JSON, and returns the exit
// code. It is the only place that does. Errors of writing are dropped here, as
// the exit code is already an error.
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

// HostFault turns an error without a code into a fault: the host's, or a bug.
func HostFault(err error) *authn.Fault {
	var path *fs.PathError
	if errors.As(err, &path) || errors.Is(err, ErrOutput) {
		return &authn.Fault{Code: CodeHost, Message: "the host system refused", Err: err}
	}
	return &authn.Fault{Code: CodeBug, Message: "this is a bug in offauth: " + OneLine(err.Error()),
		Hints: []string{bugHint}}
}

const bugHint = "please report it with the command that you ran: https://github.com/offauth/offauth/issues"

// Bug prints a panic as one line with its position, and returns the exit code.
func (d *Deps) Bug(cause any) authn.Exit {
	where := ""
	// Skip the frames of the runtime and of this function.
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
	fault := &authn.Fault{Code: CodeBug, Message: fmt.Sprintf("this is a bug in offauth: %s%s", OneLine(fmt.Sprint(cause)),
		where), Hints: []string{bugHint}}
	printFault(d, &Failure{World: d.FlagWorld(), Err: fault}, fault)
	return authn.ExitBug
}

// printRefusal prints a refusal: the text that the product shows its user, if
// that differs, and the true reason.
func printRefusal(d *Deps, f *Failure, r *authn.Refusal) {
	hints := d.AsTyped(keystore.Named(r.Hints, f.World))
	if d.Flags.JSON {
		_ = d.Envelope(Envelope{World: f.World, At: StampOf(f.Outcome.At), Events: EventsJSON(f.Outcome.Events),
			Warnings: f.Outcome.Warnings,
			Refusal: &refusalJSON{Code: r.Code, Rule: r.Rule, Message: r.Message, Shown: r.Shown, Native: r.Native,
				Hint: strings.Join(hints, "\n")}})
		return
	}
	reason := r.Message
	if r.Shown != "" {
		d.Sayf("%s: %q", cmp.Or(d.Speaker, speaker(r.Site)), r.Shown)
		reason = "true reason: " + reason
	}
	rule := ""
	if r.Rule != "" {
		rule = ", " + string(r.Rule)
	}
	d.Sayf("error: %s (%s%s)", OneLine(reason), r.Code, rule)
	if r.Native != "" {
		d.Sayf("the product's own: %s", r.Native)
	}
	for _, w := range f.Outcome.Warnings {
		d.Sayf("warning: %s", w)
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
	d.Sayf("error: %s", message)
	d.Hint(hints)
}

func (d *Deps) Hint(hints []string) {
	for _, h := range hints {
		d.Sayf("hint: %s", h)
	}
}

// speaker returns the words that introduce a text shown at a site.
func speaker(site authn.Site) string {
	switch site.Role() {
	case authn.RolePhone:
		return "the phone says"
	case authn.RoleWorkstation:
		return "the lock screen says"
	}
	return "the product says"
}

// CheckFailed is the error of a command that did its work and found something
// wrong. Its report is already printed.
type CheckFailed struct {
	Exit   authn.Exit
	Failed any
}

func (e *CheckFailed) Error() string { return ExitText[e.Exit] }

// The codes of the command line's own faults.
const (
	CodeUsage         authn.Code = "usage"
	CodeCancelled     authn.Code = "cancelled"
	CodeBug           authn.Code = "bug"
	CodeHost          authn.Code = "host_error"
	CodeNoUser        authn.Code = "no_user"
	CodeNoWorkstation authn.Code = "no_workstation"
	CodeNoPhone       authn.Code = "no_phone"
	CodeNoAccount     authn.Code = "no_account"
	CodeNoSuchKind    authn.Code = "no_such_kind"
	CodeNothingFound  authn.Code = "nothing_found"
	CodeNoProvider    authn.Code = "no_provider"
	CodeNoFile        authn.Code = "no_such_file"
	CodeNoQRCode      authn.Code = "no_qr_code"
	CodePicture       authn.Code = "picture_unreadable"
	CodeTooLarge      authn.Code = "input_too_large"
	CodeNotRetold     authn.Code = "not_retold"
)

// Codes of the world that the command line checks itself, to suggest similar
// names.
const (
	CodeNoSuchUser        authn.Code = "no_such_user"
	CodeNoSuchPhone       authn.Code = "no_such_phone"
	CodeNoSuchWorkstation authn.Code = "no_such_workstation"
	CodeNoSuchProvider    authn.Code = "no_such_provider"
	CodeNoSuchSite        authn.Code = "no_such_site"
	CodeNoSuchMessage     authn.Code = "no_such_message"
	CodeNoSuchSetting     authn.Code = "no_such_setting"
)

// Codes lists the command line's own faults for docs/codes.md and explain.
func Codes() []authn.CodeSpec {
	f := func(code authn.Code, exit authn.Exit, message, hint string, causes ...string) authn.CodeSpec {
		return authn.CodeSpec{Code: code, Exit: exit, Message: message, Hint: hint, Causes: causes}
	}
	return []authn.CodeSpec{
		f(CodeUsage, authn.ExitUsage, "the command line, or the input typed or on stdin, is not valid",
			"offauth --help",
			"an unknown flag or command", "a value in the wrong form",
			"a secret that is neither typed nor on stdin"),
		f(CodeCancelled, authn.ExitCancelled, "the user gave up", "run it again", "Ctrl-C or Ctrl-D at a question",
			"SIGINT, SIGTERM or SIGHUP; a second one ends the command at once"),
		f(CodeBug, authn.ExitBug, "offauth itself is wrong", bugHint, "a bug in offauth"),
		f(CodeHost, authn.ExitStorage, "the host system refused to read or write", "look at what the message names",
			"stdout is closed, or its disk is full",
			"stdout is the null device opened for reading and writing, which is how a closed one looks, and the command "+
				"gives what is given once", "a file or folder that cannot be read"),
		f(CodeNoUser, authn.ExitNotFound, "nobody is in the directory yet", "offauth admin user add alice",
			"a step was skipped: adding a user"),
		f(CodeNoWorkstation, authn.ExitNotFound, "there is no workstation yet",
			"offauth workstation add LAPTOP-7 --family hypr", "a step was skipped: adding a workstation"),
		f(CodeNoPhone, authn.ExitNotFound, "there is no phone yet", "offauth device register pixel --user alice",
			"a step was skipped: registering a phone", "the user has none"),
		f(CodeNoAccount, authn.ExitNotFound, "nobody has paired with the workstation yet", "offauth device pair",
			"a step was skipped: pairing"),
		f(CodeNoProvider, authn.ExitNotFound, "there is no service provider yet", "offauth provider add bank",
			"a step was skipped: adding a provider", "the demo was made by an older version, which knew none"),
		f(CodeNoFile, authn.ExitNotFound, "there is no such file", "offauth device scan --help", "a typo",
			"a relative path, and another folder"),
		f(CodeNoQRCode, authn.ExitUsage, "the input has no readable QR code", "offauth device scan --help",
			"a picture without a code, or with one too small, torn or blurred",
			"a text that holds neither a code in half blocks nor verification data"),
		f(CodePicture, authn.ExitUsage, "the input is not a readable picture", "offauth device scan --help",
			"cut short or damaged", "another kind than PNG, JPEG, GIF, WebP, BMP or text"),
		f(CodeTooLarge, authn.ExitUsage, "the input is too large", "offauth device scan --help",
			"a picture of more pixels, or a file of more bytes, than any code needs"),
		f(CodeNotRetold, authn.ExitFailed, "a scenario that was made of a recording does not come true when it is played",
			"offauth scenario record --help",
			"what happened depended on chance", "something was done that no scenario can tell, such as world repair"),
		f(CodeNoSuchKind, authn.ExitNotFound, "there is no such kind of event", "offauth explain events", "a typo"),
		f(CodeNothingFound, authn.ExitNotFound, "offauth can explain nothing of that name", "offauth explain", "a typo",
			"the words of another product"),
	}
}

// AllCodes lists every code that a command can end with.
func AllCodes() []authn.CodeSpec {
	return append(append(verb.Codes(), keystore.Codes()...), Codes()...)
}

// exitOf returns the exit code of a code; a code without a row is a bug.
func exitOf(code authn.Code) authn.Exit {
	for _, spec := range AllCodes() {
		if spec.Code == code {
			return spec.Exit
		}
	}
	return authn.ExitBug
}

// ExitText holds the meaning of each exit code. They are never renumbered.
var ExitText = [...]string{
	authn.ExitOK:        "done",
	authn.ExitBug:       "a bug in offauth",
	authn.ExitUsage:     "usage, or an invalid file",
	authn.ExitCancelled: "cancelled by the user",
	authn.ExitRefused:   "the product refused",
	authn.ExitLocked:    "the product refused: locked or expired",
	authn.ExitNotFound:  "no such thing",
	authn.ExitStorage:   "vault, storage or rollback",
	authn.ExitFailed:    "an expectation or a finding failed",
	authn.ExitUnknown:   "could not tell",
}
