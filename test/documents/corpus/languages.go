package corpus

import "xietong.dev/test/documents/parts"

// languages are documents that are not only Chinese.
func languages() []made {
	english := []string{"Minutes of the Binhai Port Liaison Committee", "Held on Thursday, 12 November 2026, at 14:00 in the Harbour Office.",
		"1. The Chair welcomed Ms. Eleanor Whitcombe of the Northgate Shipping Association and apologised for the late circulation of papers.",
		"2. Berth 7 will be closed for dredging from 30 November. Operators asked for at least ten working days’ notice of any extension; the Committee agreed.",
		"3. Noise complaints rose by 18% between July and September, chiefly between 23:00 and 02:00. A trial of electric tugs begins in January.",
		"4. Any other business: the fishing village requests a second footbridge—estimated at £1.4 million (¥12.9 million). Deferred.",
		"The meeting closed at 15:35. Next meeting: 14 January 2027."}
	japanese := []string{"友好都市交流事業に関するご案内", "拝啓　晩秋の候、貴市におかれましてはますますご清祥のこととお慶び申し上げます。",
		"さて、滨海区と潮見市は友好都市提携十五周年を迎え、二〇二六年十二月五日（土）に記念シンポジウムを開催いたします。",
		"参加をご希望の方は、十一月二十七日までに国際交流課（電話0000-66-7788）までお申し込みください。定員は百二十名です。",
		"なお、会場には駐車場がございませんので、バス「港湾センター前」をご利用ください。", "敬具"}
	mixed := []string{"数字政府白皮书摘要 Digital Government White Paper", "本区2026年API调用量达3.2亿次（year-on-year +41.7%），平均响应128 ms。",
		"Key message: “一次采集、多方复用”——collect once, use many times.", "日本語では「ワンスオンリー」と呼ばれる原則です。", "Ελληνικά, Русский, Türkçe, Việt Nam, €1,250.00, 25 ℃, ±0.05 mm, №7, ①②③, ½"}
	rare := []string{"人名用字核验样例", "生僻字：㛃、䶮、𠮷、𫖯、𬭎、喆、堃、翀、昇、犇。", "组合：魑魅魍魉、饕餮、龘、靐。", "兼容：（）【】《》“”‘’……——·、；：？！￥％", "表情与符号：☎ ✓ ✗ ★ ☆ → ← ↑ ↓ ■ □"}
	return []made{
		plain("Port Committee minutes.docx", "English", english, []string{"English"}, also("doc", "Port Committee minutes.doc"), also("odt", "Port Committee minutes.odt")),
		plain("友好都市ご案内.docx", "Japanese", japanese, []string{"Japanese"}, also("doc", "友好都市ご案内.doc")),
		plain("白皮书摘要.docx", "Plain", mixed, []string{"mixed languages"}),
		plain("生僻字样例.docx", "Plain", rare, []string{"rare characters"}),
		pinyin(), upright(),
	}
}

func plain(name, style string, lines, features []string, recipes ...recipe) made {
	w := &parts.Word{Title: lines[0]}
	for i, line := range lines {
		if i == 0 {
			w.Add(parts.P(`<w:pStyle w:val="`+style+`"/><w:jc w:val="center"/>`, parts.Run(`<w:b/><w:sz w:val="32"/>`, line)))
			continue
		}
		w.Add(parts.P(`<w:pStyle w:val="`+style+`"/>`, parts.Run("", line)))
	}
	return word(name, w, features, recipes...)
}

// pinyin has readings above characters.
func pinyin() made {
	w := &parts.Word{Title: "诵读"}
	var runs []string
	for _, pair := range [][2]string{{"滨", "bīn"}, {"海", "hǎi"}, {"潮", "cháo"}, {"声", "shēng"}} {
		runs = append(runs, `<w:r><w:ruby><w:rubyPr><w:rubyAlign w:val="center"/><w:hps w:val="16"/><w:hpsRaise w:val="30"/><w:hpsBaseText w:val="32"/><w:lid w:val="zh-CN"/></w:rubyPr><w:rt>`+parts.Run(`<w:sz w:val="16"/>`, pair[1])+`</w:rt><w:rubyBase>`+parts.Run("", pair[0])+`</w:rubyBase></w:ruby></w:r>`)
	}
	w.Add(parts.P(`<w:jc w:val="center"/><w:spacing w:line="700" w:lineRule="atLeast"/>`, runs...), parts.P(indent, parts.Run("", "潮来天地阔，灯影入窗明。"), parts.Run(`<w:em w:val="dot"/>`, "着重号"), parts.Run(`<w:u w:val="wave"/>`, "波浪线"), parts.Run(`<w:strike/>`, "删除线")))
	m := word("诵读材料.docx", w, []string{"ruby", "emphasis marks"})
	m.text = "潮来天地阔，灯影入窗明。着重号波浪线删除线\n"
	return m
}

// upright is written from top to bottom, lines from right to left.
func upright() made {
	w := &parts.Word{Title: "请柬"}
	for _, line := range []string{"请　柬", "谨定于二〇二六年十二月五日上午九时", "在滨海港湾中心举行友好都市十五周年纪念会", "敬请光临", "滨海区人民政府"} {
		w.Add(parts.P("", parts.Run(parts.Font("楷体_GB2312", 36), line)))
	}
	w.Section(`<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="851" w:footer="992" w:gutter="0"/><w:textDirection w:val="tbRl"/>`)
	return word("请柬.docx", w, []string{"vertical text", "landscape"})
}
