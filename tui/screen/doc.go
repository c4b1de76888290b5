// Package screen runs a program on the alternate screen of a terminal, and
// restores the terminal, however that program ends.
//
// [Run] is the only way in which offauth takes a whole terminal: today for the
// PIN of `offauth device unlock`. It provides:
//
//   - One handler of signals. bubbletea's is off: it sends to its event loop
//     without looking whether that still runs, and waits for itself for ever
//     if it does not. SIGINT, SIGTERM and SIGHUP end the caller's context, and
//     the end of the context ends the program.
//   - Ctrl-Z and SIGTSTP empty the screen and restore the terminal before the
//     process stops; when it goes on, the program is drawn again. SIGQUIT and
//     SIGABRT do the same before they end the process.
//   - Before the screen is left it is emptied, so that nothing that stood on
//     it stays on a terminal that keeps its alternate screen, or has none.
//   - A size of nothing is taken for 80 columns or 24 rows, and one beyond any
//     real screen is cut to [MaxWidth] and [MaxHeight].
//   - A program that does not end in time is left behind, and the terminal is
//     put back without it.
package screen
