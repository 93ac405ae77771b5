package docs

import (
	"go/ast"
	"go/parser"
	"go/types"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A door is a function that reaches out of this process: it makes or reads files, starts programs, makes connections. It is
// written as in the source: "os.Open", and ".Start" is any method of that name in a file that imports the package.
var doorNames = map[string][]string{
	"os": {
		"Chdir", "Chmod", "Chown", "Chtimes", "CopyFS", "Create", "CreateTemp", "DirFS", "Lchown", "Link", "Mkdir", "MkdirAll", "MkdirTemp", "NewFile",
		"Open", "OpenFile", "OpenInRoot", "OpenRoot", "ReadDir", "ReadFile", "Remove", "RemoveAll", "Rename", "StartProcess", "Symlink", "Truncate", "WriteFile",
	},
	"os/exec": {"Command", "CommandContext", ".CombinedOutput", ".Output", ".Run", ".Start"},
	"net": {
		"Dial", "DialIP", "DialTCP", "DialTimeout", "DialUDP", "DialUnix", "Dialer", "FileConn", "FileListener", "FilePacketConn", "Listen", "ListenConfig",
		"ListenIP", "ListenMulticastUDP", "ListenPacket", "ListenTCP", "ListenUDP", "ListenUnix", "DefaultResolver", "LookupAddr", "LookupHost", "LookupIP",
	},
	"crypto/tls":                        {"Dial", "DialWithDialer", "Dialer", "Listen", "LoadX509KeyPair"},
	"net/http":                          {"DefaultClient", "Get", "Head", "ListenAndServe", "ListenAndServeTLS", "Post", "PostForm"},
	"syscall":                           {"Connect", "Creat", "Exec", "ForkExec", "Mkdir", "Open", "Rename", "Rmdir", "Socket", "Symlink", "Unlink"},
	"golang.org/x/sys/unix":             {"Connect", "Creat", "Exec", "Linkat", "Mkdir", "Open", "Openat", "Rename", "Renameat", "Rmdir", "Socket", "Symlink", "Unlink", "Unlinkat"},
	"github.com/gofrs/flock":            {"New"},
	"github.com/spf13/afero":            {"NewBasePathFs", "NewOsFs"},
	"github.com/zalando/go-keyring":     {"Delete", "DeleteAll", "Get", "Set"},
	"github.com/gopacket/gopacket/pcap": {"OpenLive", "OpenOffline"},
}

// doors are the files that have one, and why. A file that runs lines of somebody else in it passes through those of
// client.Options.Dialer, console.Console.Start and transfer.Folder, where a shell that is confined is held back.
var doors = map[string]struct{ uses, why string }{
	"client/active.go":                        {"net.ListenTCP", "active mode: the server connects to us"},
	"client/defaultport_other.go":             {"net.Dialer", "a field of the dialer of client/options.go"},
	"client/defaultport_unix.go":              {"net.Dialer", "the same"},
	"client/internal/everystep/host.go":       {"afero.NewBasePathFs afero.NewOsFs os.ReadFile", "for tests"},
	"client/options.go":                       {"net.Dialer", "the one dialer: Options.Dialer, or Options.Dial in its place"},
	"client/plan/journal.go":                  {"os.OpenFile os.Remove", "what was done of a plan, beside its file; `apply` is refused to files from elsewhere"},
	"client/proxy/socks4.go":                  {"net.DefaultResolver", "socks4 takes addresses only: a name is looked up here"},
	"client/practice/daemon/conf.go":          {"os.Chmod os.Mkdir os.WriteFile", "for tests"},
	"client/practice/daemon/files.go":         {"os.Chtimes os.Mkdir os.ReadFile os.Symlink os.Truncate os.WriteFile", "for tests"},
	"client/practice/daemon/ports.go":         {"net.Listen os.Open", "for tests"},
	"client/practice/daemon/process.go":       {"cmd.Start exec.Command os.OpenFile", "for tests"},
	"client/practice/daemon/process_linux.go": {"os.Open os.ReadFile", "for tests"},
	"client/practice/daemon/pureftpd.go":      {"os.ReadFile", "for tests"},
	"client/practice/daemon/server.go":        {"os.Chmod os.MkdirTemp os.ReadFile os.RemoveAll tls.LoadX509KeyPair", "for tests"},
	"client/practice/daemon/users.go":         {"os.Chmod os.Lchown", "for tests"},
	"client/practice/data.go":                 {"net.Dial net.Dialer net.ListenTCP", "data connections of the practice server, to its client alone unless a fault says otherwise, and to its own closed port"},
	"client/internal/delay/delay.go":          {"net.Dial net.Listen", "for tests"},
	"client/practice/folder.go":               {"os.OpenRoot", "--serve DIRECTORY: what is served, and nothing above it"},
	"client/practice/network.go":              {"net.Listen", "practice --nat: the port of the router"},
	"client/practice/network_linux.go":        {"net.Dialer net.ListenTCP unix.Socket", "practice --nat: inside the network of the server"},
	"client/practice/script.go":               {"net.DialTimeout net.Listen", "the server that plays a recording; it connects to ports that its client opened"},
	"client/practice/server.go":               {"net.Listen", "the practice server"},
	"client/transfer/folder.go":               {"os.Mkdir os.MkdirAll os.OpenFile os.OpenRoot os.ReadDir os.Remove os.RemoveAll os.Rename", "the one way to local files that commands name; its Root confines, its Instead keeps a dry run dry"},
	"client/transfer/open.go":                 {"os.OpenFile", "the same, for FIFOs and devices"},
	"client/transfer/small_linux.go":          {"unix.Linkat unix.Open unix.Openat", "small files of transfers, where no Root confines and nothing is kept dry; directories come from folder.go"},
	"cmd/ftpsh/detach.go":                     {"exec.Command os.Rename", "jobs continue in a process of this program, which console.Start starts; its log gets the number of the process"},
	"cmd/ftpsh/environment_linux.go":          {"os.OpenFile os.ReadFile", "the password is taken out of our own environment"},
	"cmd/ftpsh/flags.go":                      {"os.OpenFile os.ReadFile tls.LoadX509KeyPair", "files that options name: --log, --ca, --cert"},
	"cmd/ftpsh/source.go":                     {"os.Open", "-f SCRIPT"},
	"completion/local.go":                     {"os.ReadDir", "names for Tab at the prompt"},
	"docs/examples.go":                        {"cmd.CombinedOutput exec.Command os.MkdirTemp os.RemoveAll os.WriteFile", "runs the examples of these docs"},
	"docs/generate/main.go":                   {"os.ReadFile os.WriteFile", "makes pages of these docs"},
	"docs/licenses.go":                        {"exec.Command list.Output os.ReadDir os.ReadFile", "the same"},
	"docs/packed.go":                          {"os.ReadFile", "the same"},
	"docs/pages.go":                           {"cmd.CombinedOutput exec.Command exec.Command().Output os.MkdirTemp os.ReadFile os.RemoveAll", "the same"},
	"docs/screenshot/main.go":                 {"cmd.CombinedOutput exec.Command exec.Command().CombinedOutput os.Mkdir os.MkdirTemp os.ReadFile os.RemoveAll", "makes a picture of these docs"},
	"history/private/private.go":              {"os.OpenFile", "the one reader of files that are the user's own"},
	"history/private/write.go":                {"flock.New os.CreateTemp os.MkdirAll os.Open os.Remove os.Rename", "the one writer of these"},
	"shell/command/byhand.go":                 {"os.Open", "/dev/null, for an upload of nothing"},
	"shell/prompt/complete.go":                {"os.ReadDir", "names of programs for Tab behind !"},
	"shell/command/confine.go":                {"os.MkdirTemp os.OpenRoot os.Remove os.RemoveAll", "the private folder of a replay, and its end"},
	"shell/console/child.go":                  {"c.Start c.opts.Start cmd.Start", "the one starter of programs"},
	"shell/console/pager.go":                  {"c.Start exec.Command", "$PAGER, which child.go starts"},
	"shell/console/secret.go":                 {"os.OpenFile", "the terminal, to ask for a password"},
	"shell/console/tmux/tmux.go":              {"cmd.Start exec.Command exec.Command().Run", "for tests"},
	"shell/command/credentials.go":            {"keyring.Get sh.Console.Run", "the system's keyring; password-command, which the console runs"},
	"shell/commands/password.go":              {"keyring.Delete keyring.Set", "the system's keyring"},
	"shell/jobs/detach.go":                    {"os.Open", "the logs of jobs that continue without their shell"},
	"shell/commands/edit.go":                  {"os.CreateTemp os.MkdirTemp os.Open os.ReadFile os.Remove os.RemoveAll os.WriteFile", "copies for the editor, in a folder of their own; `edit` is refused to files from elsewhere"},
	"shell/commands/import.go":                {"keyring.Set", "the system's keyring, for passwords that `import --passwords` was asked to take"},
	"shell/commands/lcd.go":                   {"c.Shell.Console.Run os.Chdir", "lcd of the shell itself; ! runs through the console"},
	"shell/commands/lls.go":                   {"exec.CommandContext os.ReadDir", "lls, which is refused to files from elsewhere, and ls, which the console runs"},
	"shell/command/localshell_other.go":       {"exec.CommandContext", "the user's shell and editor, which the console runs"},
	"shell/command/localshell_windows.go":     {"exec.CommandContext", "the same"},
	"shell/command/sync.go":                   {"os.Remove", "the end of an archive; private reads and writes them"},
	"shell/command/queuefile.go":              {"flock.New os.Remove", "the lock of a file of the queue, and the end of both"},
	"shell/jobs/queuefile.go":                 {"os.ReadDir os.Remove", "the files of the queue: which there are; private reads and writes them"},
	"shell/command/run.go":                    {"c.Shell.Console.Run", "pipes, which the console runs"},
	"shell/command/jobconsole.go":             {"s.Console.Run s.Console.Start", "the console: what the console starts, unless somebody else wrote the lines"},
	"shell/teach/doctorconnect.go":            {"net.DefaultResolver", "doctor looks up a name"},
	"shell/teach/doctordata.go":               {"net.DefaultResolver", "the same"},
	"shell/teach/lesson.go":                   {"os.DirFS", "lesson --dir"},
	"shell/teach/web.go":                      {"net.Listen", "trace web, on this computer"},
	"shell/command/tx.go":                     {"os.ReadDir", "the journals of transactions: which there are; private reads and writes them"},
}

// TestDoors: files are made and read, programs started and connections made in these places alone.
func TestDoors(t *testing.T) {
	found := map[string]map[string]bool{}
	err := eachFile("..", parser.SkipObjectResolution, func(name string, file *ast.File) {
		if used := doorsOf(file); len(used) > 0 {
			found[name] = used
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, used := range found {
		row := doors[name]
		if got := strings.Join(slices.Sorted(maps.Keys(used)), " "); got != row.uses {
			t.Errorf("%s reaches out by\n %s\nand may by\n %s\n(%s)", name, got, row.uses, row.why)
		}
	}
	for name, row := range doors {
		if found[name] == nil || row.why == "" {
			t.Errorf("%s: the row has no file, or no reason", name)
		}
	}
}

// doorsOf are the doors that a file uses.
func doorsOf(file *ast.File) map[string]bool {
	imported, methods := map[string]string{}, map[string]bool{}
	for _, spec := range file.Imports {
		from, _ := strconv.Unquote(spec.Path.Value)
		called := path.Base(from)
		if spec.Name != nil {
			called = spec.Name.Name
		}
		imported[strings.TrimPrefix(called, "go-")] = from
		for _, name := range doorNames[from] {
			if method, is := strings.CutPrefix(name, "."); is {
				methods[method] = true
			}
		}
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, is := n.(*ast.SelectorExpr)
		if !is {
			return true
		}
		name := selector.Sel.Name
		if x, is := selector.X.(*ast.Ident); is && slices.Contains(doorNames[imported[x.Name]], name) {
			used[x.Name+"."+name] = true
		} else if methods[name] {
			of := types.ExprString(selector.X)
			if call, is := selector.X.(*ast.CallExpr); is {
				of = types.ExprString(call.Fun) + "()"
			}
			used[of+"."+name] = true
		}
		return true
	})
	return used
}
