// Package cli is offauth's command line, and the one place that wires the
// parts together: it opens worlds, asks for secrets, builds Actions, and
// prints what comes back.
//
// A noun has a file (device.go), each of its verbs another
// (device_unlock.go): an options struct, newXxxCmd, runXxx. A command decides
// nothing that a product decides; it names what the person left out, applies
// one Action and shows the Outcome. Results go to stdout, talk to stderr, and
// errors become text and exit codes in exit.go alone.
package cli
