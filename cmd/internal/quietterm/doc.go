// Package quietterm keeps every command of the binary from talking to the
// terminal before main begins.
//
// bubbletea v1 asks the terminal for its background colour in a package init
// (tea_init.go), so a program that merely links it, even for `version`,
// writes `ESC]11;?` and `ESC[6n` and waits up to five seconds for an answer.
// On a terminal that never answers (a CI pty, expect, a serial line) every
// command costs those five seconds and leaves the question in the output.
// Upstream will not mend it in v1. The question is not asked when TERM is
// "dumb", so this package sets it to that while the packages initialise, and
// [Restore] puts it back as main's first act. Nothing is lost: lipgloss finds
// the colour profile later, on first use.
//
// It works by order, so the order is the thing to guard:
//
//   - Go initialises packages in the order of their import paths, each as soon
//     as all that it imports are initialised.
//   - quietterm imports os and nothing else, so it is ready the moment that os
//     is, and at that moment it is among the first in the alphabet.
//   - bubbletea imports os/signal, which imports os and sorts behind
//     github.com/offauth. So bubbletea is still waiting when quietterm's turn
//     comes, on every system.
//
// Hence two rules: this package never imports anything but os, and main
// imports it and calls Restore before all else. The test runs on a pseudo
// terminal that never answers and fails if the question is seen.
package quietterm
