package corpus

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// texts are plain texts and tables, in the encodings that offices still send.
func texts() []made {
	heading, paragraphs := chapter(13)
	note := heading + "\r\n\r\n" + strings.Join(paragraphs, "\r\n") + "\r\n联系电话：0000-6612345\r\n"
	const old = "關於濱海區圖書館閉館的通知\r\n因設備檢修，本館定於十一月三十日閉館一天，敬請讀者諒解。\r\n濱海區圖書館　二〇二六年十一月\r\n"
	var table strings.Builder
	table.WriteString("序号,街道,站点,浓度（μg/m³）,备注\n")
	for i, street := range streets {
		fmt.Fprintf(&table, "%d,%s,\"%s, 主站\",%d.%d,\"含\"\"复测\"\"值\"\n", i+1, street, estates[i], 21+i*2, i)
	}
	gbTable := strings.ReplaceAll(table.String(), "μg/m³", "微克")
	log := strings.Repeat("2026-11-20 08:15:04 INFO 接口 /api/v1/items 用时 128 毫秒，返回 200\n", 400)
	return []made{
		encoded("值班电话.txt", note, "UTF-8", unicode.UTF8),
		encoded("值班电话（带标记）.txt", note, "UTF-8 with a mark", unicode.UTF8BOM),
		encoded("值班电话（GBK）.txt", note, "GBK", simplifiedchinese.GBK),
		encoded("姓名（GB18030）.txt", note+"生僻字：㛃、䶮、𠮷\r\n", "GB18030", simplifiedchinese.GB18030),
		encoded("閉館通知（Big5）.txt", old, "Big5", traditionalchinese.Big5),
		encoded("值班电话（UTF-16）.txt", note, "UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)),
		encoded("值班电话（UTF-16BE）.txt", note, "UTF-16, big end first", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)),
		encoded("接口日志.txt", log, "400 lines", unicode.UTF8),
		encoded("空气质量.csv", table.String(), "UTF-8", unicode.UTF8BOM),
		encoded("空气质量（GBK）.csv", gbTable, "GBK", simplifiedchinese.GBK),
		encoded("空气质量（分号）.csv", strings.ReplaceAll(strings.ReplaceAll(gbTable, ",", ";"), "; 主站", ", 主站"), "semicolons", unicode.UTF8),
	}
}

// encoded writes a text in an encoding; the texts above fit into theirs.
func encoded(name, text, feature string, in encoding.Encoding) made {
	data, err := in.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	return made{name: name, features: []string{feature}, text: text, data: data}
}
