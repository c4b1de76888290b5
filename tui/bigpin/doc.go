// Package bigpin shows a PIN that can be read from across a desk: in digits
// five rows high, above a bar that runs down to the moment when the PIN is
// hidden (rule H18).
//
// Drawing is pure. [Render] returns the symbols, [Bar] the bar, [Draw] a whole
// [Card] for a terminal of any size, and none of them reads a clock. The
// phone pane of the TUI draws with them; `offauth device unlock` uses [Run],
// which shows one Card on the alternate screen with a small [Model].
//
// The PIN is never written to the scrollback: Run draws on the alternate
// screen only, and however it ends (time, key, signal, context, fault) that
// screen is wiped before it is left and the Model lets go of the PIN. The
// only call of Secret.Reveal is in card.go.
package bigpin
