package app

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore"
)

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

// Codes of the world that the command line finds out first, so that it can
// offer the names that are near.
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
		f(CodeUsage, authn.ExitUsage, "the command line, or what was typed or read from stdin, cannot be meant", "offauth --help",
			"a flag or command that there is none of", "a value that has not the form that is wanted", "a secret that is neither typed nor on stdin"),
		f(CodeCancelled, authn.ExitCancelled, "the user gave up", "run it again", "Ctrl-C or Ctrl-D at a question", "SIGINT, SIGTERM or SIGHUP; a second one ends the command at once"),
		f(CodeBug, authn.ExitBug, "offauth itself is wrong", bugHint, "a bug in offauth"),
		f(CodeHost, authn.ExitStorage, "the host system refused to read or write", "look at what the message names",
			"stdout is closed, or its disk is full", "stdout is the null device opened for reading and writing, which is how a closed one looks, and the command gives what is given once", "a file or folder that cannot be read"),
		f(CodeNoUser, authn.ExitNotFound, "nobody is in the directory yet", "offauth admin user add alice", "a step was skipped: adding a user"),
		f(CodeNoWorkstation, authn.ExitNotFound, "there is no workstation yet", "offauth workstation add LAPTOP-7 --family hypr", "a step was skipped: adding a workstation"),
		f(CodeNoPhone, authn.ExitNotFound, "there is no phone yet", "offauth device register pixel --user alice", "a step was skipped: registering a phone", "the user has none"),
		f(CodeNoAccount, authn.ExitNotFound, "nobody has paired with the workstation yet", "offauth device pair", "a step was skipped: pairing"),
		f(CodeNoProvider, authn.ExitNotFound, "there is no service provider yet", "offauth provider add bank", "a step was skipped: adding a provider", "the demo was made by an older version, which knew none"),
		f(CodeNoFile, authn.ExitNotFound, "there is no such file", "offauth device scan --help", "a typo", "a relative path, and another folder"),
		f(CodeNoQRCode, authn.ExitUsage, "no QR code can be read in what was given", "offauth device scan --help", "a picture without a code, or with one too small, torn or blurred", "a text that holds neither a code in half blocks nor verification data"),
		f(CodePicture, authn.ExitUsage, "what was given is no picture that can be read", "offauth device scan --help", "cut short or damaged", "another kind than PNG, JPEG, GIF, WebP, BMP or text"),
		f(CodeTooLarge, authn.ExitUsage, "what was given is larger than what is read", "offauth device scan --help", "a picture of more pixels, or a file of more bytes, than any code needs"),
		f(CodeNotRetold, authn.ExitFailed, "a scenario that was made of a recording does not come true when it is played", "offauth scenario record --help",
			"what happened depended on chance", "something was done that no scenario can tell, such as world repair"),
		f(CodeNoSuchKind, authn.ExitNotFound, "no kind of event is called so", "offauth explain events", "a typo"),
		f(CodeNothingFound, authn.ExitNotFound, "nothing that offauth can explain is called so", "offauth explain", "a typo", "the words of another product"),
	}
}

// AllCodes lists every code that a command can end with.
func AllCodes() []authn.CodeSpec {
	return append(append(verb.Codes(), keystore.Codes()...), Codes()...)
}

// exitOf is the exit code of a code. One without a row is a bug.
func exitOf(code authn.Code) authn.Exit {
	for _, spec := range AllCodes() {
		if spec.Code == code {
			return spec.Exit
		}
	}
	return authn.ExitBug
}

// ExitText says what the exit codes mean; they are never renumbered.
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
