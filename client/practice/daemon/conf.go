package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// banner is a greeting that ends early for a client that looks for 220 anywhere in a line.
const banner = `Welcome to a practice server.

 220 this line only looks like the end of the greeting
Please be patient with it.
`

// when is text if the condition holds, else nothing.
func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

// expand replaces each {name} in a configuration.
func (c *setup) expand(conf string) string {
	low, high := c.slot.passive()
	return strings.NewReplacer(
		"{dir}", c.dir, "{root}", c.Root, "{anon}", c.AnonRoot, "{log}", c.Log, "{pam}", pamService,
		"{hosts}", strings.Join(c.hosts(), " "), "{port}", fmt.Sprint(c.Port),
		"{low}", fmt.Sprint(low), "{high}", fmt.Sprint(high),
		"{cert}", c.cert, "{key}", c.key, "{ca}", c.CA, "{ciphers}", c.o.Ciphers,
		"{pasvip}", c.o.PasvIP, "{clients}", fmt.Sprint(c.o.MaxClients), "{idle}", fmt.Sprint(int(c.o.Idle.Seconds())),
		"{rate}", fmt.Sprint(c.o.Rate), "{kilobytes}", fmt.Sprint(max(1, c.o.Rate/1024)),
	).Replace(conf)
}

// conf is what the test adds.
func (c *setup) conf() string {
	return when(len(c.o.Conf) > 0, strings.Join(c.o.Conf, "\n")+"\n")
}

// write makes a file of the server's own and returns its path. Only root may read it: proftpd refuses password files
// that others can.
func (c *setup) write(name, text string) string {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	c.check(os.WriteFile(path, []byte(text), 0o600))
	return path
}

// writeReadable is write for a file that everybody may read.
func (c *setup) writeReadable(name, text string) string {
	c.t.Helper()
	path := c.write(name, text)
	c.check(os.Chmod(path, 0o644))
	return path
}

// makeFolder makes one that everybody may enter.
func (c *setup) makeFolder(name string) string {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	c.check(os.Mkdir(path, 0o755))
	c.check(os.Chmod(path, 0o755)) // whatever the umask says
	return path
}

// program finds a file that Available has seen.
func (c *setup) program(file string) string {
	path, err := installed(file)
	c.check(err)
	return path
}
