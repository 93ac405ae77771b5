package sitefiles

import (
	"errors"
	"slices"
	"strings"
)

func isRclone(text string) bool {
	return isEncryptedRclone(text) || slices.ContainsFunc(sections(text), func(s section) bool { return s.keys["type"] != "" })
}

// isEncryptedRclone: what begins so is a file that rclone reads with a password alone.
func isEncryptedRclone(text string) bool {
	return strings.HasPrefix(text, "# Encrypted rclone configuration File") || strings.HasPrefix(text, "RCLONE_ENCRYPT_V")
}

func rclonePlaces(h Home) []string {
	return slices.Concat(
		h.env("RCLONE_CONFIG"), h.env("XDG_CONFIG_HOME", "rclone", "rclone.conf"), h.in(".config", "rclone", "rclone.conf"),
		h.in(".rclone.conf"), h.env("APPDATA", "rclone", "rclone.conf"),
	)
}

func readRclone(text string) (Contents, error) {
	if isEncryptedRclone(text) {
		return Contents{}, errors.New("rclone has encrypted it; `!rclone config show > FILE` writes one that can be read")
	}
	var all Contents
	for _, sec := range sections(text) {
		all.Sites = append(all.Sites, rcloneSite(sec))
	}
	return all, nil
}

// rcloneSite: its password is scrambled in a way of rclone's own, and stays.
func rcloneSite(sec section) Site {
	s := Site{Name: sec.name, Line: sec.line, Host: sec.keys["host"], Port: sec.keys["port"], User: sec.keys["user"], Locked: sec.keys["pass"] != ""}
	if kind := sec.keys["type"]; kind != "ftp" {
		s.Skip = notFTP(kind)
	}
	switch {
	case sec.keys["tls"] == "true":
		s.Security = "implicit"
	case sec.keys["explicit_tls"] == "true":
		s.Security = "require"
	}
	if sec.keys["disable_epsv"] == "true" {
		s.Settings = append(s.Settings, Setting{s.Host, "epsv4", "off", sec.line})
	}
	return s
}
