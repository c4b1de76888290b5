package qr_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/offauth/offauth/cmd/internal/qr"
)

// kinds are the ways in which a code is drawn in characters.
func kinds(t testing.TB, c *qr.Code, quiet int) map[string]string {
	half := terminal(t, c, qr.TerminalOptions{Quiet: quiet})
	ansi, signs := grid(c, quiet, "\x1b[47m  \x1b[0m", "\x1b[40m  \x1b[0m"), grid(c, quiet, "  ", "##")
	return map[string]string{
		"half blocks":          half,
		"coloured half blocks": terminal(t, c, qr.TerminalOptions{Quiet: quiet, Colours: true}),
		"inverted half blocks": strings.NewReplacer("█", " ", " ", "█", "▀", "▄", "▄", "▀").Replace(half),
		"full":                 ansi,
		"signs":                signs,
		"bright, reversed":     grid(c, quiet, "\x1b[7m  \x1b[m", "\x1b[27m  \x1b[m"),
		"true colours":         grid(c, quiet, "\x1b[48;2;255;255;250m  ", "\x1b[48;2;9;8;7m  "),
		"blocks":               grid(c, quiet, "██", "  "),
		"one a module":         grid(c, quiet, "█", " "),
		"emoji":                grid(c, quiet, "⬜", "⬛"),
		"emoji, as such":       grid(c, quiet, "⬜\ufe0f", "⬛\ufe0f"),
		"ones and noughts":     grid(c, quiet, "0", "1"),
		"doubled digits":       grid(c, quiet, "11", "00"),
		"squares":              grid(c, quiet, "□", "■"),
		"carriage returns":     strings.ReplaceAll(half, "\n", "\r\n"),
		"in a box":             boxed(half),
		"no blanks at the end": trimmed(signs),
	}
}

// grid is a row of characters for each row of modules.
func grid(c *qr.Code, quiet int, light, dark string) string {
	var b strings.Builder
	for y := -quiet; y < c.Modules()+quiet; y++ {
		for x := -quiet; x < c.Modules()+quiet; x++ {
			if c.Dark(x, y) {
				b.WriteString(dark)
			} else {
				b.WriteString(light)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func boxed(text string) string {
	var b strings.Builder
	b.WriteString("Scan this with your phone (#1 of 2):\n╭────────────╮\n")
	for line := range strings.Lines(text) {
		fmt.Fprintf(&b, "│ %s │ #\n", strings.TrimSuffix(line, "\n"))
	}
	return b.String() + "╰────────────╯\nthen type the code.\n"
}

func trimmed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}

func TestWhatIsDrawnInCharactersIsReadExactly(t *testing.T) {
	t.Parallel()
	for _, n := range lengths {
		for _, quiet := range []int{4, 2, 1} {
			text := data(n)
			for name, drawn := range kinds(t, encode(t, text), quiet) {
				mustRead(t, fmt.Sprintf("%s, %d bytes, quiet zone %d", name, n, quiet), []byte(drawn), text)
			}
		}
	}
}

func TestBytesAndAccentsComeBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"é", "Überweisung: 120 €", "日本語", "a\x1b[31mb\u202e", "x"} {
		mustRead(t, text, []byte(terminal(t, encode(t, text), qr.TerminalOptions{})), text)
	}
}

func TestWhatQrencodeDrawsIsRead(t *testing.T) {
	t.Parallel()
	needs(t, "qrencode")
	for _, n := range []int{5, 129, 640} {
		for _, kind := range []string{"PNG", "PNG32", "UTF8", "UTF8i", "ANSIUTF8", "ANSIUTF8i", "ANSI256UTF8", "ANSI",
			"ANSI256", "ASCII", "ASCIIi"} {
			for _, more := range [][]string{nil, {"-m", "1", "-l", "H"}} {
				out, err := exec.Command("qrencode", append([]string{"-t", kind, "-o", "-", data(n)}, more...)...).Output()
				if err != nil {
					t.Fatal(kind, err)
				}
				mustRead(t, fmt.Sprint(kind, n, more), out, data(n))
			}
		}
	}
}

func TestAWordOfDataIsFoundAsItStands(t *testing.T) {
	t.Parallel()
	text := data(200)
	for name, input := range map[string]string{
		"alone":              text,
		"a line":             text + "\n",
		"prose":              "Verification data:\r\n\r\n   " + text + "   \nNothing else.",
		"with escapes":       "\x1b[1m" + text + "\x1b[0m\n",
		"UTF-8 with a mark":  "\ufeff" + text + "\r\n",
		"beside its picture": terminal(t, encode(t, text), qr.TerminalOptions{}) + "\n" + text + "\n",
	} {
		mustRead(t, name, []byte(input), text)
	}
	mustRead(t, "two words", []byte(text+"\n"+prefix+"B\n"), text, prefix+"B")
	mustRead(t, "garbage is the caller's to refuse", []byte(text+"=\x01\n"), text+"=\x01")
	for _, input := range []string{prefix, "no data here", "x" + text, strings.ToLower(text), "BMW"} {
		if _, err := qr.Read(strings.NewReader(input), prefix, qr.Limits{}); err != qr.ErrNoCode {
			t.Errorf("%.20q: %v", input, err)
		}
	}
}

func TestPowerShellsFilesAreRead(t *testing.T) {
	t.Parallel()
	text := data(129)
	for mark, order := range map[string]binary.AppendByteOrder{"\xff\xfe": binary.LittleEndian,
		"\xfe\xff": binary.BigEndian} {
		out := []byte(mark)
		for _, unit := range utf16.Encode([]rune(terminal(t, encode(t, text), qr.TerminalOptions{}))) {
			out = order.AppendUint16(out, unit)
		}
		mustRead(t, "UTF-16", out, text)
	}
}

func TestSeveralCodesInATextAreReadInOrder(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	one, two := encode(t, "FIRST"), encode(t, "SECOND")
	left := strings.Split(terminal(t, one, qr.TerminalOptions{}), "\n")
	for i, right := range strings.Split(terminal(t, two, qr.TerminalOptions{}), "\n") {
		b.WriteString(left[i] + "   " + right + "\n")
	}
	b.WriteString(terminal(t, encode(t, "THIRD, BELOW"), qr.TerminalOptions{Colours: true}))
	b.WriteString(terminal(t, one, qr.TerminalOptions{}))
	mustRead(t, "four", []byte(b.String()), "FIRST", "SECOND", "THIRD, BELOW")
}

func TestTmuxShowsACodeThatIsReadExactly(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	dir := t.TempDir()
	text := data(250)
	file := filepath.Join(dir, "code")
	if err := os.WriteFile(file, []byte(terminal(t, encode(t, text), qr.TerminalOptions{Colours: true})),
		0o600); err != nil {
		t.Fatal(err)
	}
	tmux := func(args ...string) []byte {
		cmd := exec.Command("tmux", append([]string{"-u", "-L", filepath.Base(dir), "-f", "/dev/null"}, args...)...)
		cmd.Env = append(os.Environ(), "TMUX_TMPDIR="+dir, "LC_ALL=C.UTF-8", "TMUX=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %v: %v: %s", args, err, out)
		}
		return out
	}
	// The shell says that it is done through wait-for, so nothing sleeps here.
	tmux("new-session", "-d", "-x", "100", "-y", "50", "cat "+file+"; tmux wait-for -S drawn; cat")
	t.Cleanup(func() { tmux("kill-server") })
	tmux("wait-for", "drawn")
	for _, capture := range [][]string{{"-p"}, {"-p", "-e"}} {
		// tmux has been told of the bytes, but may not have put them on its screen.
		var out []byte
		for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
			out = tmux(append([]string{"capture-pane"}, capture...)...)
			if bytes.Count(out, []byte("▀")) > 20 && bytes.Contains(out, []byte("\n\n")) {
				break
			}
		}
		mustRead(t, fmt.Sprint("capture-pane ", capture), out, text)
	}
}

func FuzzText(f *testing.F) {
	for _, drawn := range kinds(f, encode(f, "OFFAUTH1:AB"), 1) {
		f.Add([]byte(drawn))
	}
	f.Add([]byte(prefix + "AB\n"))
	f.Add([]byte("\x1b[38;5m\x1b[48;2;1m\x1b[999999999999m\x1b]0;x\x1b(\x1b"))
	f.Add([]byte("\xff\xfe\x00"))
	f.Fuzz(func(t *testing.T, input []byte) {
		found, err := qr.Read(bytes.NewReader(input), prefix, qr.Limits{Text: 1 << 16, Pixels: 1 << 16})
		if (err == nil) != (len(found) > 0) {
			t.Errorf("%d found, and %v", len(found), err)
		}
	})
}
