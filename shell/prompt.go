package shell

import (
	"github.com/ftpsh/ftpsh/shell/render"
)

// promptText says who and where one is, and how safe that is, in words.
func (sh *Shell) promptText() string {
	if sh.session == nil {
		return "ftpsh> "
	}
	color := sh.con.ColorOut()
	text := render.Safe(sh.address.Host)
	if user, in := sh.session.LoggedIn(); in {
		text = render.Safe(user) + "@" + text
		dir := sh.session.Dir()
		if dir == "" {
			dir = "?"
		}
		text += ":" + render.Safe(dir)
	}
	return text + " " + sh.protection(color) + "> "
}

// protection is the state of the connection in a word: nobody should have to
// remember what a colour means.
func (sh *Shell) protection(color bool) string {
	switch control, data := sh.session.Protected(); {
	case !control:
		return render.Yellow.Paint(color, "PLAIN")
	case !data:
		return render.Yellow.Paint(color, "tls, data clear")
	}
	return render.Green.Paint(color, "tls")
}
