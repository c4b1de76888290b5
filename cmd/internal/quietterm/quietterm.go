package quietterm

import "os"

// term is TERM as the process was given it. A package variable and an init
// are against the habits of this repository; the guard is the one exception,
// because it has to act before main can.
var term, termSet = os.LookupEnv("TERM")

func init() {
	// An error leaves TERM alone: the worst of it is the question that would
	// have been asked without us.
	_ = os.Setenv("TERM", "dumb")
}

// Restore puts TERM back to what the process was given, or takes it away
// again if there was none. It is main's first act: what reads TERM before
// believes in a terminal without colours.
func Restore() {
	if !termSet {
		_ = os.Unsetenv("TERM")
		return
	}
	_ = os.Setenv("TERM", term)
}
