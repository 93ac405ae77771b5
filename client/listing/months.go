package listing

import (
	"strings"
	"sync"
)

// monthWords has the month names of each language as ls and other programs print
// them: twelve months, each with its short and long forms, in lower case and
// without a last dot. English is the common case and is read by englishMonth.
//
// Source: the locale data of glibc, which claims no copyright, and a few forms
// that only servers use ("fév").
var monthWords = []struct{ language, words string }{
	{"ar", "ينا يناير | فبر فبراير | مار مارس | أبر أبريل | ماي مايو | يون يونيو | يول يوليو | أغس أغسطس | سبت سبتمبر | أكت أكتوبر | نوف نوفمبر | ديس ديسمبر"},
	{"bg", "яну януари | фев февруари | мар март | апр април | май | юни | юли | авг август | сеп септември | окт октомври | ное ноември | дек декември"},
	{"ca", "gen gener | febr febrer | març | abr abril | maig | juny | jul juliol | ag agost | set setembre | oct octubre | nov novembre | des desembre"},
	{"cs", "led ledna leden | úno února únor | bře března březen | dub dubna duben | kvě května květen | čen června červen | čec července červenec | srp srpna srpen | zář září | říj října říjen | lis listopadu listopad | pro prosince prosinec"},
	{"da", "jan januar | feb februar | mar marts | apr april | maj | jun juni | jul juli | aug august | sep september | okt oktober | nov november | dec december"},
	{"de", "jan januar | feb februar | mär märz | apr april | mai | jun juni | jul juli | aug august | sep september | okt oktober | nov november | dez dezember"},
	{"el", "ιαν ιανουαρίου ιανουάριος | φεβ φεβρουαρίου φεβρουάριος | μαρ μάρ μαρτίου μάρτιος | απρ απριλίου απρίλιος | μαΐ μάι μαΐου μάιος | ιουν ιούν ιουνίου ιούνιος | ιουλ ιούλ ιουλίου ιούλιος | αυγ αύγ αυγούστου αύγουστος | σεπ σεπτεμβρίου σεπτέμβριος | οκτ οκτωβρίου οκτώβριος | νοε νοέ νοεμβρίου νοέμβριος | δεκ δεκεμβρίου δεκέμβριος"},
	{"en", "jan january | feb february | mar march | apr april | may | jun june | jul july | aug august | sep september | oct october | nov november | dec december"},
	{"es", "ene enero | feb febrero | mar marzo | abr abril | may mayo | jun junio | jul julio | ago agosto | sep septiembre | oct octubre | nov noviembre | dic diciembre"},
	{"et", "jaan jaanuar | veebr veebruar | märts | apr aprill | mai | juuni | juuli | aug august | sept september | okt oktoober | nov november | dets detsember"},
	{"eu", "urt urtarrila | ots otsaila | mar martxoa | api apirila | mai maiatza | eka ekaina | uzt uztaila | abu abuztua | ira iraila | urr urria | aza azaroa | abe abendua"},
	{"fa", "ژانویه | فوریه | مارس | آوریل | مه | ژوئن | ژوئیه | اوت | سپتامبر | اكتبر | نوامبر | دسامبر"},
	{"fi", "tammi tammikuu | helmi helmikuu | maalis maaliskuu | huhti huhtikuu | touko toukokuu | kesä kesäkuu | heinä heinäkuu | elo elokuu | syys syyskuu | loka lokakuu | marras marraskuu | joulu joulukuu"},
	{"fr", "janv janvier | févr fév février | mars | avril | mai | juin | juil juillet | août | sept septembre | oct octobre | nov novembre | déc décembre"},
	{"he", "ינו ינואר | פבר פברואר | מרץ | אפר אפריל | מאי | יונ יוני | יול יולי | אוג אוגוסט | ספט ספטמבר | אוק אוקטובר | נוב נובמבר | דצמ דצמבר"},
	{"hr", "sij siječnja siječanj | velj veljače veljača | ožu ožujka ožujak | tra travnja travanj | svi svibnja svibanj | lip lipnja lipanj | srp srpnja srpanj | kol kolovoza kolovoz | ruj rujna rujan | lis listopada listopad | stu studenoga studeni | pro prosinca prosinac"},
	{"hu", "jan január | febr február | márc március | ápr április | máj május | jún június | júl július | aug augusztus | szept szeptember | okt október | nov november | dec december"},
	{"it", "gen gennaio | feb febbraio | mar marzo | apr aprile | mag maggio | giu giugno | lug luglio | ago agosto | set settembre | ott ottobre | nov novembre | dic dicembre"},
	{"lt", "saus sausio sausis | vas vasario vasaris | kov kovo kovas | bal balandžio balandis | geg gegužės gegužė | birž birželio birželis | liep liepos liepa | rugp rugpjūčio rugpjūtis | rugs rugsėjo rugsėjis | spal spalio spalis | lapkr lapkričio lapkritis | gruod gruodžio gruodis"},
	{"lv", "jan janvāris | feb februāris | mar marts | apr aprīlis | mai maijs | jūn jūnijs | jūl jūlijs | aug augusts | sep septembris | okt oktobris | nov novembris | dec decembris"},
	{"nb", "jan januar | feb februar | mars | april | mai | juni | juli | aug august | sep september | okt oktober | nov november | des desember"},
	{"nl", "jan januari | feb februari | mrt maart | apr april | mei | jun juni | jul juli | aug augustus | sep september | okt oktober | nov november | dec december"},
	{"pl", "sty stycznia styczeń | lut lutego luty | mar marca marzec | kwi kwietnia kwiecień | maj maja | cze czerwca czerwiec | lip lipca lipiec | sie sierpnia sierpień | wrz września wrzesień | paź października październik | lis listopada listopad | gru grudnia grudzień"},
	{"pt", "jan janeiro | fev fevereiro | mar março | abr abril | mai maio | jun junho | jul julho | ago agosto | set setembro | out outubro | nov novembro | dez dezembro"},
	{"ro", "ian ianuarie | feb februarie | mar martie | apr aprilie | mai | iun iunie | iul iulie | aug august | sep septembrie | oct octombrie | nov noiembrie | dec decembrie"},
	{"ru", "янв января январь | фев февраля февраль | мар марта март | апр апреля апрель | мая май | июн июня июнь | июл июля июль | авг августа август | сен сентября сентябрь | окт октября октябрь | ноя ноября ноябрь | дек декабря декабрь"},
	{"sk", "jan január | feb február | mar marec | apr apríl | máj | jún | júl | aug august | sep september | okt október | nov november | dec december"},
	{"sl", "jan januar | feb februar | mar marec | apr april | maj | jun junij | jul julij | avg avgust | sep september | okt oktober | nov november | dec december"},
	{"sv", "jan januari | feb februari | mar mars | apr april | maj | jun juni | jul juli | aug augusti | sep september | okt oktober | nov november | dec december"},
	{"th", "ม.ค มกราคม | ก.พ กุมภาพันธ์ | มี.ค มีนาคม | เม.ย เมษายน | พ.ค พฤษภาคม | มิ.ย มิถุนายน | ก.ค กรกฎาคม | ส.ค สิงหาคม | ก.ย กันยายน | ต.ค ตุลาคม | พ.ย พฤศจิกายน | ธ.ค ธันวาคม"},
	{"tr", "oca ocak | şub şubat | mar mart | nis nisan | may mayıs | haz haziran | tem temmuz | ağu ağustos | eyl eylül | eki ekim | kas kasım | ara aralık"},
	{"uk", "січ січня січень | лют лютого лютий | бер березня березень | кві квітня квітень | тра травня травень | чер червня червень | лип липня липень | сер серпня серпень | вер вересня вересень | жов жовтня жовтень | лис листопада листопад | гру грудня грудень"},
	{"zh", "一月 | 二月 | 三月 | 四月 | 五月 | 六月 | 七月 | 八月 | 九月 | 十月 | 十一月 | 十二月"},
	{"zh", "一月 | 二月 | 三月 | 四月 | 五月 | 六月 | 七月 | 八月 | 九月 | 十月 | 十一月 | 十二月"},
	{"ja", "１月 | ２月 | ３月 | ４月 | ５月 | ６月 | ７月 | ８月 | ９月 | １０月 | １１月 | １２月"},
	{"fr on VMS", " | | | | | | jui | | | | | "},
}

// A month is what a word may mean. Croatian gives another month to five words
// that Czech and Polish use too, so both meanings are kept; 0 is "none".
type month struct{ usual, croatian uint8 }

var monthTable = sync.OnceValue(func() map[string]month {
	table := make(map[string]month)
	for _, row := range monthWords {
		for i, words := range strings.Split(row.words, "|") {
			for _, word := range strings.Fields(words) {
				m := table[word]
				if row.language == "hr" {
					m.croatian = uint8(i + 1)
				} else {
					m.usual = uint8(i + 1)
				}
				table[word] = m
			}
		}
	}
	return table
})

// englishMonth reads the three letters that nearly every server prints, in any case.
func englishMonth(s string) int {
	if len(s) != 3 {
		return 0
	}
	switch uint32(s[0]|0x20)<<16 | uint32(s[1]|0x20)<<8 | uint32(s[2]|0x20) {
	case 'j'<<16 | 'a'<<8 | 'n':
		return 1
	case 'f'<<16 | 'e'<<8 | 'b':
		return 2
	case 'm'<<16 | 'a'<<8 | 'r':
		return 3
	case 'a'<<16 | 'p'<<8 | 'r':
		return 4
	case 'm'<<16 | 'a'<<8 | 'y':
		return 5
	case 'j'<<16 | 'u'<<8 | 'n':
		return 6
	case 'j'<<16 | 'u'<<8 | 'l':
		return 7
	case 'a'<<16 | 'u'<<8 | 'g':
		return 8
	case 's'<<16 | 'e'<<8 | 'p':
		return 9
	case 'o'<<16 | 'c'<<8 | 't':
		return 10
	case 'n'<<16 | 'o'<<8 | 'v':
		return 11
	case 'd'<<16 | 'e'<<8 | 'c':
		return 12
	}
	return 0
}

// lookupMonth reads a month name of any language, in UTF-8 or in one of the
// 8-bit charsets.
func lookupMonth(word string) (month, bool) {
	if n := englishMonth(word); n > 0 {
		return month{usual: uint8(n)}, true
	}
	const longest = 40 // bytes of any month
	if len(word) > longest {
		return month{}, false
	}
	word = strings.TrimRight(word, ".,")
	if m, ok := monthTable()[strings.ToLower(word)]; ok {
		return m, true
	}
	for _, c := range charsets {
		if text, ok := c.decode(word); ok {
			if m, ok := monthTable()[text]; ok {
				return m, true
			}
		}
	}
	return month{}, false
}
