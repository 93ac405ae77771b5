package race

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// run is one piece of work for one client: where the server is, and what it
// shall do there.
type run struct {
	work
	host, user, password, ca string
	port                     int
	tls                      bool
	dir                      string // local
}

// peer is a client, and the command lines that make it do each kind of work;
// nil where it cannot.
type peer struct {
	name    string
	command func(r run) []string
}

// us is the name of our own client among the peers.
const us = "ftpsh"

// peers are the clients that race. Where the work says how many sessions, all
// use as many; otherwise each does what it does by itself, but for "lftp best".
var peers = []peer{
	{us, ftpsh},
	{"lftp", func(r run) []string { return lftp(r, false) }},
	{"lftp best", func(r run) []string { return lftp(r, true) }},
	{"curl", curl},
	{"ncftp", ncftp},
	{"tnftp", tnftp},
	{"wget", wget},
	{"rclone", rclone},
}

func ftpsh(r run) []string {
	parallel := ""
	if r.sessions > 0 {
		parallel = fmt.Sprintf("-P %d ", r.sessions)
	}
	args := []string{us, "--no-config", "--tls", "off"}
	if r.tls {
		args = []string{us, "--no-config", "--tls", "require", "--ca", r.ca, "--tls-name", "ftp.example.test"}
	}
	script := map[kind]string{
		getMany: "mirror " + parallel + "many .", putMany: "mirror " + parallel + "-R . up",
		getLarge: "get large", getSegments: "pget -n 4 large", putLarge: "put large up/large", list: "ls -l many",
	}[r.kind]
	if r.kind == start {
		return []string{us, "-c", "quit"}
	}
	return append(args, "-c", "lcd "+r.dir+"; "+script, r.address())
}

// address is the server as a URL, with the login.
func (r run) address() string {
	u := url.URL{Scheme: "ftp", User: url.UserPassword(r.user, r.password), Host: fmt.Sprintf("%s:%d", r.host, r.port)}
	return u.String()
}

// lftpClear and lftpBest are settings of lftp: no TLS, and commands that do not wait for each reply.
const (
	lftpClear = "set cmd:interactive no; set ssl:verify-certificate no; set ftp:prefer-epsv yes; set ftp:ssl-allow no; "
	lftpBest  = "set ftp:sync-mode off; "
)

// lftp has the commands of several at once, and several sessions, only when it
// is told; those are its best settings.
func lftp(r run, best bool) []string {
	settings, parallel := "", ""
	switch {
	case r.sessions > 0 && !best, r.sessions == 0 && best && r.kind != getMany && r.kind != putMany:
		return nil
	case r.kind == start:
		return []string{"lftp", "-c", "quit"}
	case best:
		settings, parallel = lftpBest, fmt.Sprintf("-P %d ", max(r.sessions, 1))
		if r.sessions == 0 {
			parallel = "-P 8 "
		}
	}
	set := lftpClear
	if r.tls {
		set = strings.Replace(set, "ssl-allow no", "ssl-force yes; set ftp:ssl-protect-data yes", 1)
	}
	script := map[kind]string{
		getMany: "mirror " + parallel + "many .", putMany: "mirror " + parallel + "-R . up",
		getLarge: "get large", getSegments: "pget -n 4 large", putLarge: "put large -o up/large", list: "cls -l many",
	}[r.kind]
	return []string{"lftp", "-c", fmt.Sprintf("%s%sopen -u '%s,%s' -p %d %s; lcd %s; %s", set, settings, r.user, r.password, r.port, r.host, r.dir, script)}
}

func curl(r run) []string {
	address := fmt.Sprintf("ftp://%s:%d", r.host, r.port)
	files := fmt.Sprintf("f[00000-%05d].bin", r.files-1)
	all := []string{"curl", "-s", "-S", "--user", r.user + ":" + r.password}
	if r.tls {
		all = append(all, "--ssl-reqd", "-k")
	}
	switch n := r.sessions; {
	case r.kind != getMany && r.kind != putMany:
	case n != 1:
		if n == 0 {
			n = 8
		}
		all = append(all, "-Z", "--parallel-max", fmt.Sprint(n))
	}
	switch r.kind {
	case getMany:
		return append(all, address+"/many/"+files, "-o", filepath.Join(r.dir, "f#1.bin"))
	case putMany:
		return append(all, "-T", filepath.Join(r.dir, files), address+"/up/")
	case getLarge:
		return append(all, address+"/large", "-o", filepath.Join(r.dir, "large"))
	case putLarge:
		return append(all, "-T", filepath.Join(r.dir, "large"), address+"/up/large")
	}
	return nil
}

// shell is for what needs one. The clients that it is used for have no TLS, or
// too little of it.
func shell(r run, scripts map[kind]string) []string {
	script := scripts[r.kind]
	if r.tls || script == "" {
		return nil
	}
	return []string{"sh", "-c", "cd " + r.dir + " && " + strings.NewReplacer(
		"{host}", r.host, "{port}", fmt.Sprint(r.port), "{user}", r.user, "{password}", r.password,
		"{sessions}", fmt.Sprint(max(r.sessions, 1))).Replace(script)}
}

func ncftp(r run) []string {
	if r.sessions > 1 {
		return nil
	}
	return shell(r, map[kind]string{
		getMany:  "ncftpget -V -R -T -u {user} -p '{password}' -P {port} {host} . many && mv many/* .",
		putMany:  "exec ncftpput -V -u {user} -p '{password}' -P {port} {host} up *",
		getLarge: "exec ncftpget -V -u {user} -p '{password}' -P {port} {host} . large",
		putLarge: "exec ncftpput -V -u {user} -p '{password}' -P {port} {host} up large",
	})
}

func tnftp(r run) []string {
	if r.sessions > 1 {
		return nil
	}
	const login = "printf 'open {host} {port}\\nuser {user} \"{password}\"\\nprompt off\\n"
	return shell(r, map[kind]string{
		getMany:  login + "cd many\\nmget *\\nquit\\n' | tnftp -n -i -V",
		putMany:  login + "cd up\\nmput *\\nquit\\n' | tnftp -n -i -V",
		getLarge: login + "get large\\nquit\\n' | tnftp -n -i -V",
		putLarge: login + "put large up/large\\nquit\\n' | tnftp -n -i -V",
	})
}

func wget(r run) []string {
	if r.sessions > 1 {
		return nil
	}
	return shell(r, map[kind]string{
		getMany:  "exec wget -q -r -nd --ftp-user={user} --ftp-password='{password}' ftp://{host}:{port}/many/",
		getLarge: "exec wget -q --ftp-user={user} --ftp-password='{password}' ftp://{host}:{port}/large",
	})
}

func rclone(r run) []string {
	if r.sessions == 0 && r.kind != getLarge && r.kind != putLarge {
		return nil
	}
	const copy = "exec rclone copy --config /dev/null --transfers {sessions} --multi-thread-streams 0 "
	const there = ":ftp,host={host},port={port},user={user},pass=$(rclone obscure '{password}'):"
	return shell(r, map[kind]string{
		getMany: copy + there + "many .", putMany: copy + ". " + there + "up",
		getLarge: copy + there + "large .", putLarge: copy + "large " + there + "up",
	})
}
