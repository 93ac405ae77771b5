package teach

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// Rules about data connections: how they were arranged, protected, and how they ended.

// offer is where the server listened for a data connection that failed.
func (r *reader) offer(failed *Event) *Fact {
	e := r.last(func(e *Event) bool {
		return e.Ev == Replied && (e.Code == "227" || e.Code == "229") && e.Seq < failed.Seq
	})
	if e == nil {
		return nil
	}
	return &Fact{"offered", strings.TrimPrefix(annotate(e, ""), "it listens on ")}
}

// dataFacts are how a data connection that failed was arranged.
func (r *reader) dataFacts(e *Event) []Fact {
	var facts []Fact
	if sent := r.arranged(e); sent != nil {
		facts = append(facts, Fact{"asked", sent.Line})
	}
	if offer := r.offer(e); offer != nil {
		facts = append(facts, *offer)
	}
	return append(facts, Fact{"you use", address(r.control()) + " for the control connection"},
		Fact{"happened", fmt.Sprintf("connect to %s: %s after %s", address(e.Remote), e.Reason, span(e.MS))})
}

func passiveElsewhere(r *reader) *Reading {
	note := r.last(func(e *Event) bool { return e.Ev == Noted && strings.HasPrefix(e.Key, "pasv.address.") })
	e := r.failure(TCPFail, true)
	if note == nil || e == nil {
		return nil
	}
	out := &Reading{
		Headline: "the data connection could not be opened",
		Facts:    r.dataFacts(e),
		Cause: fmt.Sprintf("Most likely the server sits behind a router and announces its inside address, %s. ftpsh does not go there but to the "+
			"address of the control connection; there the port is not forwarded.", note.Offered),
		Try: []Advice{{"passive off", "let the server connect to us"}, {"", "tell the server's administrator: passive address, passive port range"}},
	}
	if host, _, _ := net.SplitHostPort(e.Remote); host == note.Offered {
		out.Cause = fmt.Sprintf("Most likely the server sits behind a router and announces its inside address, %s. ftpsh went there because "+
			"`set pasv-address server` says so.", note.Offered)
		out.Try = []Advice{{"set pasv-address peer", "go to the address of the control connection"}, {"", "tell the server's administrator: passive address"}}
	}
	return out
}

func dataRefused(r *reader) *Reading {
	e := r.failure(TCPFail, true)
	if e == nil || !holds(e.Reason, "refused") {
		return nil
	}
	return reads("data-refused", r.dataFacts(e)...)
}

func dataTimedOut(r *reader) *Reading {
	e := r.failure(TCPFail, true)
	if e == nil {
		return nil
	}
	return reads("data-timed-out", r.dataFacts(e)...)
}

var dataCommands = []string{"LIST", "NLST", "MLSD", "RETR", "STOR", "STOU", "APPE"}

func reuseWanted(r *reader) *Reading {
	e := r.refusal(dataCommands...)
	reused, tls := r.reused()
	if e == nil || !slices.Contains([]string{"425", "450", "522", "435"}, e.Code) || !tls || reused {
		return nil
	}
	return reads("reuse-wanted", r.said(e), Fact{"session", "new: the data connection did not resume the TLS session of the control connection"})
}

func dataHandshakeFailed(r *reader) *Reading {
	e := r.failure(TLSFail, true)
	if e == nil {
		return nil
	}
	switch {
	case holds(e.Reason, "first record does not look like", "side is not tls"):
		return reads("data-in-clear", Fact{"agreed", "PROT P: data travels inside TLS"}, Fact{"happened", "what came was not TLS"})
	case holds(e.Reason, "another certificate"):
		return reads("data-other-certificate", Fact{"happened", e.Reason})
	}
	return reads("data-handshake-failed", Fact{"happened", e.Reason})
}

func activeBlocked(r *reader) *Reading {
	listen := r.last(func(e *Event) bool { return e.Ev == TCPListen })
	came := r.Find(func(e *Event) bool { return e.Ev == TCPAccept })
	if listen == nil || came != nil {
		return nil
	}
	facts := []Fact{{"listening", address(listen.Local)}}
	if e := r.refusal(append(dataCommands, "PORT", "EPRT")...); e != nil {
		facts = append(facts, r.said(e))
	}
	return reads("active-blocked", append(facts, Fact{"happened", "no connection came"})...)
}

func noDataConnection(r *reader) *Reading {
	e := r.refusal(append([]string{"EPSV", "PASV", "EPRT", "PORT"}, dataCommands...)...)
	if e == nil || !r.fails("data-connect") && e.Code != "425" {
		return nil
	}
	return reads("no-data-connection", r.said(e))
}

// arranging are the commands that make a data connection possible.
var arranging = []string{"EPSV", "PASV", "EPRT", "PORT", "LPSV", "LPRT"}

// notArranged is a transfer that was typed by hand without what comes before it.
func notArranged(r *reader) *Reading {
	e := r.refusal(dataCommands...)
	if e == nil || !slices.Contains([]string{"425", "503"}, e.Code) {
		return nil
	}
	asked := r.command(e)
	if asked == nil || asked.Src != "user" {
		return nil
	}
	for _, before := range slices.Backward(r.events) {
		switch {
		case before.Seq >= asked.Seq || before.Ev != Sent:
		case slices.Contains(arranging, before.Verb):
			return nil
		case slices.Contains(dataCommands, before.Verb):
			return r.unarranged(e, "the last one was for "+before.Line)
		}
	}
	return r.unarranged(e, "none came before")
}

func (r *reader) unarranged(e *Event, last string) *Reading {
	line, _, _ := strings.Cut(r.command(e).Line, " ")
	return &Reading{
		Headline: "no data connection was arranged",
		Facts:    []Fact{r.said(e), {"missing", "EPSV or PASV, PORT or EPRT directly before: " + last}},
		Cause:    "Each data connection is good for one transfer, and the client must ask for it each time. The commands of ftpsh do so by themselves; with quote it is up to you.",
		Try:      []Advice{{"quote EPSV", "ask for one"}, {"quote " + line, "and then use it"}, {"explain EPSV", "how it works"}},
	}
}

// storedLess is an upload of which the server says afterwards that it has less.
func storedLess(r *reader) *Reading {
	end := r.last(func(e *Event) bool { return e.Ev == DataEnd && e.Dir == ">" })
	has := r.size()
	if end == nil || has < 0 || has >= end.Bytes || r.reply("226", "250") == nil {
		return nil
	}
	return reads("stored-less",
		Fact{"sent", fmt.Sprintf("%d bytes", end.Bytes)},
		Fact{"there", fmt.Sprintf("%d bytes, %d are missing", has, end.Bytes-has)},
		r.said(r.reply("226", "250")))
}

// moved is what went over the data connections.
func (r *reader) moved() []Fact {
	var facts []Fact
	for _, e := range r.Events {
		if e.Ev == DataEnd {
			facts = append(facts, Fact{e.Conn, dataWords(e)})
		}
	}
	return facts
}

// size is what the server said about the size of the file, -1 if nothing.
func (r *reader) size() int64 {
	e := r.last(func(e *Event) bool {
		return e.Ev == Replied && (e.Code == "213" && r.verb(e) == "SIZE" || e.Code == "250" && r.verb(e) == "MLST")
	})
	if e == nil {
		return -1
	}
	if e.Code == "250" {
		return factSize(e.Lines)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimPrefix(e.firstLine(), "213")), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// factSize is the size in a reply to MLST, -1 if it has none.
func factSize(lines []string) int64 {
	for _, line := range lines {
		facts, _, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
		for fact := range strings.SplitSeq(facts, ";") {
			name, value, _ := strings.Cut(fact, "=")
			if n, err := strconv.ParseInt(value, 10, 64); err == nil && strings.EqualFold(name, "size") {
				return n
			}
		}
	}
	return -1
}

func shorterThanSaid(r *reader) *Reading {
	end := r.last(func(e *Event) bool { return e.Ev == DataEnd && e.Dir == "<" && e.Type == "file" })
	done := r.reply("226", "250")
	want := r.size()
	if end == nil || done == nil || want < 0 || end.Bytes >= want || r.Find(func(e *Event) bool { return e.Ev == Sent && e.Verb == "REST" }) != nil {
		return nil
	}
	return reads("shorter-than-said",
		Fact{"size", fmt.Sprintf("%d bytes", want)},
		Fact{"came", fmt.Sprintf("%d bytes, %d are missing", end.Bytes, want-end.Bytes)},
		r.said(done))
}

func cutOff(r *reader) *Reading {
	e := r.reply("426", "451")
	if e == nil {
		return nil
	}
	facts := append([]Fact{r.said(e)}, r.moved()...)
	if want := r.size(); want >= 0 {
		facts = append(facts, Fact{"size", fmt.Sprintf("%d bytes", want)})
	}
	return reads("cut-off", facts...)
}

func unsignedEnd(r *reader) *Reading {
	if r.Find(func(e *Event) bool { return e.Ev == DataEnd && e.EOF == "tls-truncated" }) == nil {
		return nil
	}
	return reads("unsigned-end", r.moved()...)
}

func stalled(r *reader) *Reading {
	if !r.fails("timeout") || r.Find(func(e *Event) bool { return e.Ev == DataEnd && e.Failed() }) == nil {
		return nil
	}
	return reads("stalled", r.moved()...)
}

func brokenData(r *reader) *Reading {
	if r.Find(func(e *Event) bool { return e.Ev == DataEnd && (e.EOF == "reset" || e.EOF == "error") }) == nil {
		return nil
	}
	return reads("broken-data", r.moved()...)
}

func interrupted(r *reader) *Reading {
	if !r.fails("interrupted") {
		return nil
	}
	return reads("interrupted", r.moved()...)
}
