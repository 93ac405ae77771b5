package client

import (
	"context"
	"strings"
)

// System returns the answer to SYST: "UNIX Type: L8".
func (s *Session) System(ctx context.Context) (string, error) {
	r, err := s.cmd(ctx, 2, "SYST")
	return r.Text(), err
}

// QuotesNames reports whether quotes are a part of names: on z/OS 'PROD.DATA' is a whole data
// set name, and PROD.DATA one below the working prefix.
func (s *Session) QuotesNames() bool { return strings.Contains(s.syst, "MVS") }

// Status returns the server's answer to STAT: about the session, or about name
// when it is not empty.
func (s *Session) Status(ctx context.Context, name string) (Reply, error) {
	if name == "" {
		return s.cmd(ctx, 2, "STAT")
	}
	return s.cmd(ctx, 2, "STAT", lsPath(name))
}

// Help returns the server's answer to HELP.
func (s *Session) Help(ctx context.Context, words ...string) (Reply, error) {
	return s.cmd(ctx, 2, "HELP", words...)
}

// Noop sends NOOP: is the server still there?
func (s *Session) Noop(ctx context.Context) error {
	_, err := s.cmd(ctx, 2, "NOOP")
	return err
}

// Identify tells who we are and returns who the server says it is (CSID;
// proftpd and some others): name, version, casesensitive and the like, keys in
// lower case.
func (s *Session) Identify(ctx context.Context, name, version string) (map[string]string, error) {
	r, err := s.cmd(ctx, 2, "CSID", "Name="+name+";Version="+version+";")
	if err != nil {
		return nil, err
	}
	s.sentByHand("CSID", []string{"Name=" + name + ";Version=" + version + ";"}, r)
	about := map[string]string{}
	for _, field := range strings.Split(lastLine(r), ";") {
		if key, value, ok := strings.Cut(strings.TrimSpace(field), "="); ok {
			about[strings.ToLower(key)] = value
		}
	}
	return about, nil
}

// Introduce says which program we are (CLNT). Options.Program does it at each
// login.
func (s *Session) Introduce(ctx context.Context, program string) error {
	return s.keepCommand(ctx, "CLNT", program)
}

// Languages returns the languages of the server's replies (FEAT's LANG, RFC
// 2640), and the one that is chosen.
func (s *Session) Languages() (all []string, chosen string) {
	for _, tag := range strings.FieldsFunc(s.feat["LANG"], func(r rune) bool { return r == ';' || r == ' ' }) {
		if bare, star := strings.CutSuffix(tag, "*"); star {
			tag, chosen = bare, bare
		}
		all = append(all, tag)
	}
	return all, chosen
}

// SetLanguage chooses the language of the replies by its tag, "en" or "fr-CA";
// "" is the server's own (LANG, RFC 2640 section 4).
func (s *Session) SetLanguage(ctx context.Context, tag string) error {
	var args []string
	if tag != "" {
		args = []string{tag}
	}
	return s.keepCommand(ctx, "LANG", args...)
}

// SetUTF8 says whether names are UTF-8 (OPTS UTF8 ON or OFF). At the login it is
// said already where FEAT has UTF8.
func (s *Session) SetUTF8(ctx context.Context, on bool) error {
	word := map[bool]string{true: "ON", false: "OFF"}[on]
	return s.keepCommand(ctx, "OPTS", "UTF8", word)
}
