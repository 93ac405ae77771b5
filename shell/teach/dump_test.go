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
