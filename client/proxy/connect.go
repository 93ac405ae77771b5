package proxy

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	maxLine   = 64 << 10 // of a proxy's reply
	maxHeader = 1 << 20  // all its lines
)

// connectTLS is connect inside TLS, by which only the connection to the proxy is protected.
func connectTLS(ctx context.Context, nc net.Conn, u *url.URL, target string) (net.Conn, error) {
	return secured(&tls.Config{ServerName: u.Hostname()})(ctx, nc, u, target)
}

func secured(config *tls.Config) handshake {
	return func(ctx context.Context, nc net.Conn, u *url.URL, target string) (net.Conn, error) {
		tc := tls.Client(nc, config)
		if err := tc.HandshakeContext(ctx); err != nil {
			return nil, fmt.Errorf("TLS with the proxy: %w", err)
		}
		return connect(ctx, tc, u, target)
	}
}

// connect sends CONNECT (RFC 9110 section 9.3.6) and reads the answer, and nothing of what follows it.
func connect(ctx context.Context, nc net.Conn, u *url.URL, target string) (net.Conn, error) {
	request, err := connectRequest(u.User, target)
	if err != nil {
		return nil, err
	}
	return nc, interruptibly(ctx, nc, func() error {
		if _, err := io.WriteString(nc, request); err != nil {
			return err
		}
		status, words, err := readHead(nc, func(string) error { return nil })
		if err != nil {
			return err
		}
		return judge(status, words, u.User != nil)
	})
}

func connectRequest(user *url.Userinfo, target string) (string, error) {
	request := "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
	if user != nil {
		login, err := proxyLogin(user)
		if err != nil {
			return "", err
		}
		request += login + "\r\n"
	}
	return request + "\r\n", nil
}

// judge turns every status but success into an error. A redirect is not followed: it would take the connection, and
// the password in it, to a place that nobody named.
func judge(status int, words string, loggedIn bool) error {
	said := strings.TrimSpace(fmt.Sprintf("%03d %s", status, words))
	switch {
	case status/100 == 2:
		return nil
	case status/100 == 3:
		return fmt.Errorf("the proxy answers with a redirect, which is not followed: %s", said)
	case loggedIn && (status == 407 || status == 401): // 401 is tinyproxy's
		return fmt.Errorf("the proxy does not accept its user and password: %s", said)
	case status == 407:
		return fmt.Errorf("the proxy asks for a user and a password: %s", said)
	}
	return fmt.Errorf("the proxy refuses: %s", said)
}

// readHead reads a status line and the header, up to and with the empty line, and has each line of it taken. It asks
// for one byte at a time: behind CONNECT the next one may be the first of the server's greeting.
func readHead(r io.Reader, take func(line string) error) (status int, words string, err error) {
	line, err := readLine(r)
	if err != nil {
		return 0, "", err
	}
	if status, words, err = parseStatus(line); err != nil {
		return 0, "", err
	}
	for left := maxHeader - len(line); left > 0; left -= len(line) {
		if line, err = readLine(r); err != nil {
			return 0, "", err
		}
		text := string(bytes.TrimRight(line, "\r\n"))
		if text == "" {
			return status, words, nil
		}
		if err := take(text); err != nil {
			return 0, "", err
		}
	}
	return 0, "", errors.New("the proxy's reply is too long")
}

// readLine returns a line with its end.
func readLine(r io.Reader) ([]byte, error) {
	var line []byte
	for b := make([]byte, 1); len(line) < maxLine; {
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		line = append(line, b...)
		if b[0] == '\n' {
			return line, nil
		}
	}
	return nil, errors.New("the proxy's reply has a line that is too long")
}

// parseStatus reads "HTTP/1.1 200 Connection established".
func parseStatus(line []byte) (status int, words string, err error) {
	text := shown(string(bytes.TrimRight(line, "\r\n")))
	version, rest, _ := strings.Cut(text, " ")
	code, words, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	status, err = strconv.Atoi(code)
	if err != nil || len(code) != 3 || status < 100 || !strings.HasPrefix(version, "HTTP/1.") {
		return 0, "", fmt.Errorf("this is not an HTTP proxy, it says %q", text)
	}
	return status, words, nil
}

// shown is text of a proxy as it may stand in an error.
func shown(text string) string {
	const enough = 200
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > enough {
		return string(runes[:enough]) + "..."
	}
	return text
}

// interruptibly runs do, whose reads and writes on nc fail once the context is done.
func interruptibly(ctx context.Context, nc net.Conn, do func() error) error {
	stop := context.AfterFunc(ctx, func() { nc.SetDeadline(time.Unix(1, 0)) })
	err := do()
	if !stop() {
		return ctx.Err()
	}
	return err
}
