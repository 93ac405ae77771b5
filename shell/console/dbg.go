package console
var dbg = func(a ...any){}
