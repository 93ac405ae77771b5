package shell

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/ftpsh/ftpsh/shell/command"
)

// TestImportPasswords: `import --passwords` puts what can be read into the keyring, under the name that a login looks for; a
// password that is there already stays, and none is shown or stands in a bookmark.
func TestImportPasswords(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	file := filepath.ToSlash(filepath.Join(dir, "bookmarks"))
	if err := os.WriteFile(file, []byte("web\tftp://alice:in%20vented@ftp.example.org:2121/\nold\tftp://bob:other@h.example.org/\nno\tftp://h.example.org/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := keyring.Set(command.KeyringService, "bob@h.example.org", "mine"); err != nil {
		t.Fatal(err)
	}
	sh, out := batchShell(t, command.Options{Bookmarks: filepath.Join(dir, "bookmarks.toml")})
	for _, line := range []string{"import -n --passwords " + file, "import -y " + file} {
		if err := sh.Do(command.Line{Text: line}); err != nil {
			t.Fatal(err)
		}
		if got, found := command.FromKeyring("alice@ftp.example.org:2121"); found {
			t.Errorf("%s: %q is in the keyring", line, got)
		}
	}
	for range 2 {
		if err := sh.Do(command.Line{Text: "import -y --passwords " + file}); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"alice@ftp.example.org:2121": "in vented", "bob@h.example.org": "mine"} {
		if got, _ := command.FromKeyring(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "bookmarks.toml")); err != nil || strings.Contains(out.String()+string(text), "vented") {
		t.Errorf("a password is shown or kept: %v\n%s%s", err, out, text)
	}
	keyring.MockInitWithError(errors.New("no dbus"))
	err := sh.Do(command.Line{Text: "import -y --passwords --as new " + file})
	if err == nil || !strings.Contains(err.Error(), "the password of alice@ftp.example.org:2121 is not: the keyring") {
		t.Errorf("got %v", err)
	}
}
