package console
import ("testing";"fmt";"os")
func init(){ if f:=os.Getenv("DBG"); f!="" { w,_:=os.OpenFile(f,os.O_APPEND|os.O_CREATE|os.O_WRONLY,0600); dbg=func(a ...any){fmt.Fprintln(w,a...)} } }
func TestZZ(t *testing.T){}
