package daemon

import (
	_ "embed"
	"encoding/json"
	"os"
)

const python = "/usr/bin/python3"

//go:embed pyftpdlib.py
var pyftpdlibProgramText string

// pyftpdlib is a library: the server is a program of ours, which reads its configuration from a JSON file.
func pyftpdlib(c *setup) [][]string {
	low, high := c.slot.passive()
	uid := 0
	if os.Getuid() == 0 {
		uid = alice.id
	}
	conf, err := json.Marshal(map[string]any{
		"hosts": c.hosts(), "port": c.Port, "low": low, "high": high, "log": c.Log,
		"user": c.User, "password": c.Password, "root": c.Root, "anon": c.AnonRoot, "readonly": c.o.ReadOnly,
		"uid": uid,
		"tls": c.TLS, "cert": c.cert, "key": c.key, "ca": c.CA, "clientcert": c.o.ClientCert, "ciphers": c.o.Ciphers,
		"eager": c.o.Eager, "rate": c.o.Rate, "clients": c.o.MaxClients, "idle": c.o.Idle.Seconds(), "mode": c.o.Mode,
		"pasvip": c.o.PasvIP, "bytes": c.o.Charset == "bytes", "banner": when(c.o.Banner, banner), "conf": c.o.Conf,
	})
	c.check(err)
	return [][]string{{python, "-I", c.write("serve.py", pyftpdlibProgramText), c.write("serve.json", string(conf))}}
}
