package teach
import ("testing";"os";"fmt")
func TestDump(t *testing.T){
 for _,n:=range []string{"list-tls","nat-pasv","put-active","reuse-522","get-passive"} {
  f,_:=os.Open("/work/shared/protocol/samples/"+n+".jsonl"); ev,err:=Read(f); if err!=nil{t.Fatal(err)}
  p:=Printer{Style:Style{Width:80},Level:2}
  for _,e:=range ev { for _,l:=range p.Lines(e){fmt.Println(l)}}
  ops:=Operations(ev)
  for _,u:=range []bool{false,true}{ for _,l:=range Ladder(ops[len(ops)-1],ev,Style{Width:80,Unicode:u},false){fmt.Println(l)}}
 }
}
func TestPages(t *testing.T){
 for _,w:=range []string{"PASV","425","AUTH","RETR","SITE CHMOD","passive","rfc959","4yz","MLST","550"} { e,ok:=Explain(w,Here{}); fmt.Println(ok); for _,l:=range e.Lines{fmt.Println(l)} }
 for _,l:=range Overview(){fmt.Println(l)}
 for _,w:=range Topics(){ e,_:=Explain(w,Here{}); if len(e.Lines)>23{t.Error(w,len(e.Lines))}; for _,l:=range e.Lines{ if len([]rune(l))>79{t.Error(w,l)}}}
}
