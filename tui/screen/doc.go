// Package screen runs a program on the alternate screen of a terminal, and
// restores the terminal, however that program ends.
//
// [Run] is the only way in which offauth takes a whole terminal: today for the
// PIN of `offauth device unlock`. It provides:
//
//   - One signal handler. bubbletea's is disabled, since it deadlocks if it sends to an
//     event loop that has ended. SIGINT, SIGTERM and SIGHUP end the caller's context,
//     and the end of the context ends the program.
//   - Ctrl-Z and SIGTSTP empty the screen and restore the terminal before the
//     process stops; when it goes on, the program is drawn again. SIGQUIT and
//     SIGABRT do the same before they end the process.
//   - The screen is cleared before it is left, so that nothing remains on a terminal
//     that keeps its alternate screen or has none.
//   - A size of 0 is replaced by 80 columns or 24 rows, and a huge size is limited to
//     [MaxWidth] and [MaxHeight].
//   - If a program does not end in time, the terminal is restored without waiting for
//     it.
package screen
