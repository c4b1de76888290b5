package authn

// Exit is the exit code of a process. The numbers are never changed.
type Exit int

// The exit codes.
const (
	ExitOK        Exit = 0 // done
	ExitBug       Exit = 1 // a bug in offauth
	ExitUsage     Exit = 2 // usage, or an invalid file
	ExitCancelled Exit = 3 // the user cancelled
	ExitRefused   Exit = 4 // the product refused
	ExitLocked    Exit = 5 // locked or expired
	ExitNotFound  Exit = 6 // no such thing
	ExitStorage   Exit = 7 // vault, storage or rollback
	ExitFailed    Exit = 8 // an expectation or a finding failed
	ExitUnknown   Exit = 9 // could not tell
)

// CodeServerUnreachable refuses an Action that needs the server and got no
// answer. Every family uses it.
const CodeServerUnreachable Code = "server_unreachable"

// The codes of faults that any part may return.
const (
	CodeBadArgument    Code = "bad_argument"
	CodeNoSuchSetting  Code = "no_such_setting"
	CodeNoPhone        Code = "no_such_phone"
	CodeStorageDamaged Code = "storage_damaged"
)

// CodeSpec is the row of a refusal or a fault in docs/codes.md.
type CodeSpec struct {
	Code Code
	// Family is empty for a code that belongs to no family.
	Family FamilyName
	// Refusal reports whether the code is a refusal; otherwise it is a fault.
	Refusal bool
	// Rules are the rules that can be the reason; a fault has none.
	Rules []RuleID
	// Exit is the process's exit code.
	Exit Exit
	// Message is the meaning, as a sentence without a full stop.
	Message string
	// Shown is what the product shows its user, where that differs.
	Shown string
	// Native is the product's own number or name, where it has one.
	Native string
	// Causes lists the possible causes, each as a phrase.
	Causes []string
	// Hint is the command or sentence that helps.
	Hint string
}

// KindSpec is the row of a kind of event in docs/codes.md.
type KindSpec struct {
	Kind   Kind
	Family FamilyName
	// Role is the role of the site where it happens; empty means any.
	Role Role
	// Fields names the kind's own fields.
	Fields []string
	// Meaning is a sentence without a full stop.
	Meaning string
}
