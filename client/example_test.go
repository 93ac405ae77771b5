package client_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/spf13/afero"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/listing"
	"github.com/ftpsh/ftpsh/client/practice"
)

// exampleServer is an FTP server in this process, with a few files.
func exampleServer(mode practice.TLSMode) *practice.Server {
	srv, err := practice.Start(practice.Options{TLS: mode})
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range map[string]string{
		"/pub/hello.txt": "hello, world\n", "/pub/docs/a.txt": "a", "/pub/docs/b.txt": "bb",
	} {
		if err := afero.WriteFile(srv.FS(), name, []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
	}
	return srv
}

// login is a session in the clear with the server of an example.
func login(srv *practice.Server) *client.Session {
	s, err := client.Open(context.Background(), client.Options{Addr: srv.Addr(), Security: client.Off})
	if err != nil {
		log.Fatal(err)
	}
	if err := s.Login(context.Background(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
		log.Fatal(err)
	}
	return s
}

// A whole program: TLS with an authority of one's own, a listing, a download, an upload.
func Example() {
	srv := exampleServer(practice.RequireExplicit)
	defer srv.Close()

	ctx := context.Background()
	s, err := client.Open(ctx, client.Options{Addr: srv.Addr(), TLS: &tls.Config{RootCAs: srv.RootCAs()}})
	if err != nil {
		log.Fatal(err) // also where the server refuses TLS: no password has been sent
	}
	defer s.Close()
	if err := s.Login(ctx, client.Login{User: practice.User, Password: practice.Password}); err != nil {
		log.Fatal(err)
	}
	for entry, err := range s.List(ctx, "pub", client.ListOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(entry.Name, entry.Type == listing.Dir)
	}
	var file bytes.Buffer
	if _, err := s.Get(ctx, &file, "pub/hello.txt"); err != nil {
		log.Fatal(err)
	}
	fmt.Print(file.String())
	if _, err := s.Put(ctx, "pub/new.txt", strings.NewReader("new")); err != nil {
		log.Fatal(err)
	}
	// Unordered output:
	// docs true
	// hello.txt false
	// hello, world
}

// Without TLS there is no session unless the program accepts one in the clear.
func ExampleOpen_noTLS() {
	srv := exampleServer(practice.NoTLS)
	defer srv.Close()

	_, err := client.Open(context.Background(), client.Options{Addr: srv.Addr()})
	fmt.Println(err != nil)

	s, err := client.Open(context.Background(), client.Options{Addr: srv.Addr(), Security: client.Opportunistic})
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	control, data := s.Protected()
	fmt.Println(control, data)
	// Output:
	// true
	// false false
}

// Get writes a whole file to any writer.
func ExampleSession_Get() {
	srv := exampleServer(practice.NoTLS)
	defer srv.Close()
	s := login(srv)
	defer s.Close()

	n, err := s.Get(context.Background(), os.Stdout, "pub/hello.txt")
	fmt.Println(n, err)

	_, err = s.Get(context.Background(), io.Discard, "pub/none.txt")
	fmt.Println(client.IsCode(err, 550))
	// Output:
	// hello, world
	// 13 <nil>
	// true
}

// Put stores what any reader gives.
func ExampleSession_Put() {
	srv := exampleServer(practice.NoTLS)
	defer srv.Close()
	s := login(srv)
	defer s.Close()

	n, err := s.Put(context.Background(), "pub/notes.txt", strings.NewReader("some notes"))
	fmt.Println(n, err)
	size, err := s.Size(context.Background(), "pub/notes.txt")
	fmt.Println(size, err)
	// Output:
	// 10 <nil>
	// 10 <nil>
}

// Retrieve begins anywhere in a file: the rest of a download that broke. Close has the verdict.
func ExampleSession_Retrieve() {
	srv := exampleServer(practice.NoTLS)
	defer srv.Close()
	s := login(srv)
	defer s.Close()

	part := bytes.NewBufferString("hello, ")
	d, err := s.Retrieve(context.Background(), "pub/hello.txt", int64(part.Len()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = io.Copy(part, d)
	if closed := d.Close(); closed != nil {
		err = closed
	}
	fmt.Printf("%q %v\n", part, err)
	// Output: "hello, world\n" <nil>
}

// A tree is walked directory by directory; entries come as the server sends them.
func ExampleSession_List() {
	srv := exampleServer(practice.NoTLS)
	defer srv.Close()
	s := login(srv)
	defer s.Close()

	var walk func(dir string) (bytes int64, err error)
	walk = func(dir string) (bytes int64, err error) {
		var below []string
		for entry, err := range s.List(context.Background(), dir, client.ListOptions{}) {
			if err != nil {
				return bytes, err
			}
			switch entry.Type {
			case listing.Dir:
				below = append(below, dir+"/"+entry.Name)
			case listing.File:
				bytes += entry.Size
			}
		}
		for _, dir := range below {
			more, err := walk(dir)
			if bytes += more; err != nil {
				return bytes, err
			}
		}
		return bytes, nil
	}
	bytes, err := walk("pub")
	fmt.Println(bytes, err)
	// Output: 16 <nil>
}

// In active mode the server connects to us.
func ExampleSession_Tune() {
	srv := exampleServer(practice.NoTLS)
	defer srv.Close()
	s := login(srv)
	defer s.Close()

	s.Tune(func(o *client.Options) { o.Ways = []client.DataMode{client.EPRT, client.PORT} })
	_, err := s.Get(context.Background(), os.Stdout, "pub/hello.txt")
	fmt.Println(err)
	// Output:
	// hello, world
	// <nil>
}

// A trace sees what goes over the wire. Passwords are masked.
func ExampleTrace() {
	srv := exampleServer(practice.NoTLS)
	defer srv.Close()

	trace := &client.Trace{Sent: func(sent client.SentInfo) {
		if verb, _, _ := strings.Cut(sent.Line, " "); verb == "USER" || verb == "PASS" {
			fmt.Println(sent.Line)
		}
	}}
	s, err := client.Open(context.Background(), client.Options{Addr: srv.Addr(), Security: client.Off, Trace: trace})
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	if err := s.Login(context.Background(), client.Login{User: practice.User, Password: practice.Password}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// USER alice
	// PASS ********
}
