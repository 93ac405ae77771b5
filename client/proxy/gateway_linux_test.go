package proxy

import (
	"io"
	"strings"
	"testing"

	"github.com/ftpsh/ftpsh/client/practice"
)

// TestGatewayThroughSquid: files go both ways through squid, which speaks FTP itself.
func TestGatewayThroughSquid(t *testing.T) {
	srv := startServer(t)
	g := gatewayAt(t, "http+get://", squid.start(t), srv.Addr())
	g.User, g.Password = practice.User, practice.Password
	ctx := within(t)
	text := strings.Repeat("through squid\n", 5000)
	if err := g.Put(ctx, "up.txt", TypeBytes, int64(len(text)), strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if c, err := g.Head(ctx, "up.txt", true); err != nil || c.Size != int64(len(text)) || c.ModTime.IsZero() {
		t.Errorf("%+v, %v", c, err)
	}
	for name, want := range map[string]string{"up.txt": text, "hello.txt": hello} {
		c, err := g.Get(ctx, name, TypeBytes, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); err != nil || string(got) != want || !c.Proved || c.Listing {
			t.Errorf("%s: %d bytes of %d, %v, %+v", name, len(got), len(want), err, c)
		}
		c.Close()
	}
	c, err := g.Get(ctx, "/", TypeBytes, 0, nil)
	if err != nil || !c.Listing {
		t.Fatalf("a directory: %+v, %v", c, err)
	}
	c.Close()
	_, err = g.Get(ctx, "no such file", TypeBytes, 0, nil)
	wantError(t, err, "the proxy refuses: 404 ")
	g.Password = "wrong"
	_, err = g.Get(ctx, "hello.txt", TypeBytes, 0, nil)
	wantError(t, err, "the server wants another login: 401 ")
}

// TestGatewayThroughTinyproxy: a proxy that speaks no FTP says so.
func TestGatewayThroughTinyproxy(t *testing.T) {
	g := gatewayAt(t, "http+get://bob:sesame@", tinyproxy.start(t), startServer(t).Addr())
	_, err := g.Get(within(t), "hello.txt", TypeBytes, 0, nil)
	wantError(t, err, "the proxy refuses: 4")
}
