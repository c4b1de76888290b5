package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
)

// bashAsks is where cobra's script asks the package bash-completion for what
// was typed, and bashSays what stands before that here. Without the package
// there would be an error at each TAB.
const (
	bashAsks = `    _get_comp_words_by_ref "$@" cur prev words cword
`
	bashSays = `    if ! declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        if [[ -z ${__offauth_said-} ]]; then
            __offauth_said=1
            printf '\noffauth: completion needs the package bash-completion, and bash 4.1 or later\n' >&2
        fi
        return 1
    fi
`
)

// bashScript prints the script for bash, which says once what it needs.
func bashScript(cmd *cobra.Command, _ []string) error {
	bare, err := cmd.Flags().GetBool("no-descriptions")
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := cmd.Root().GenBashCompletionV2(&text, !bare); err != nil {
		return err
	}
	before, after, ok := strings.Cut(text.String(), bashAsks)
	if !ok {
		return errors.New("the completion script of bash is another one than was expected")
	}
	if _, err := io.WriteString(cmd.OutOrStdout(), before+bashSays+bashAsks+after); err != nil {
		return fmt.Errorf("%w: %w", app.ErrOutput, err)
	}
	return nil
}
