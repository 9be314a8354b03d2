package corpus

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xietong.dev/test/documents/parts"
)

// pages are documents for readers and browsers.
func pages() []made {
	return []made{webPage(), oldPage(), readme(), handbook(), richText(), novel()}
}

func webPage() made {
	heading, paragraphs := chapter(5)
	rows := ""
	for i, bureau := range bureaus[:5] {
		rows += fmt.Sprintf("<tr><td>%s</td><td>%d</td></tr>", bureau, 130+i*41)
	}
	page := `<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>` + heading + `</title><style>h1{color:#c00;text-align:center}table{border-collapse:collapse}td,th{border:1px solid #333;padding:4px}</style></head><body><h1>` + heading + `</h1><p>` + strings.Join(paragraphs, "</p><p>") + `</p><table><tr><th>单位</th><th>办件量</th></tr>` + rows + `</table><ul><li>窗口受理</li><li>网上受理</li></ul><p><a href="https://service.binhai.example/">服务门户</a></p></body></html>`
	return made{name: "营商环境.html", features: []string{"table", "style sheet"}, text: heading + "\n" + strings.Join(paragraphs, "\n") + "\n" + strings.Join(bureaus[:5], "\n"), data: []byte(page)}
}

// oldPage is as the first web sites of offices were: no doctype, GBK, fonts.
func oldPage() made {
	text := "滨海之窗欢迎您。最新消息：渔港镇举办开渔节，邀请四方来宾。"
	m := encoded("滨海之窗.htm", `<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=gb2312"><TITLE>滨海之窗</TITLE></HEAD><BODY BGCOLOR=#FFFFE0><CENTER><FONT SIZE=5 COLOR=red>滨海之窗</FONT></CENTER><HR><P>`+text+`<BR>版权所有</BODY></HTML>`, "GBK", simplifiedchinese.GBK)
	m.text = text
	return m
}

func readme() made {
	text := "# 数据共享平台接入说明\n\n接入单位须先完成**安全评估**，再申请密钥。\n\n## 步骤\n\n1. 登录平台，提交申请；\n2. 下载 `sdk.zip`，核对校验值；\n3. 联调不少于三天。\n\n| 环境 | 地址 | 限流 |\n| --- | --- | --- |\n| 测试 | test.binhai.example | 10 次/秒 |\n| 正式 | api.binhai.example | 200 次/秒 |\n\n> 密钥泄露须在一小时内报告。\n\n```json\n{\"appid\": \"bh-0042\", \"姓名\": \"罗思远\"}\n```\n"
	return made{name: "接入说明.md", features: []string{"table", "code"}, text: "数据共享平台接入说明\n接入单位须先完成安全评估\n登录平台，提交申请\n密钥泄露须在一小时内报告", data: []byte(text)}
}

func handbook() made {
	var out, said strings.Builder
	out.WriteString("---\ntitle: 网格员手册\n---\n\n# 网格员手册\n")
	for i := range 8 {
		heading, paragraphs := chapter(i)
		fmt.Fprintf(&out, "\n## %s\n\n- %s\n- [详情](https://grid.binhai.example/%d)\n", heading, strings.Join(paragraphs, "\n- "), i)
		said.WriteString(heading + "\n" + strings.Join(paragraphs, "\n") + "\n")
	}
	return made{name: "网格员手册.md", features: []string{"lists", "front matter"}, text: said.String(), data: []byte(out.String())}
}

// richText is by hand: \u escapes with a fallback in the document's code page.
func richText() made {
	lines := []string{"关于调整作息时间的通知", "自12月1日起，机关作息时间调整为上午8:30至12:00，下午14:00至17:30。", "食堂早餐供应至8:15。"}
	var out strings.Builder
	out.WriteString(`{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}{\colortbl;\red192\green0\blue0;}\paperw11906\paperh16838\f0\fs32 `)
	for i, line := range lines {
		if i == 0 {
			out.WriteString(`\qc\cf1\b `)
		}
		for _, r := range line {
			if r < 128 {
				out.WriteRune(r)
				continue
			}
			fmt.Fprintf(&out, `\u%d?`, int16(r))
		}
		out.WriteString(`\par\pard\cf0\b0 `)
	}
	out.WriteString(`}`)
	return made{name: "作息时间.rtf", features: []string{"by hand"}, text: strings.Join(lines, "\n"), data: []byte(out.String())}
}

func novel() made {
	const head = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	files := []parts.Part{{Name: "mimetype", Data: []byte("application/epub+zip"), Stored: true},
		{Name: "META-INF/container.xml", Data: []byte(head + `<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`)}}
	var items, spine, toc, said strings.Builder
	for i := range 6 {
		heading, paragraphs := chapter(i * 2)
		name := fmt.Sprintf("c%d.xhtml", i)
		files = append(files, parts.Part{Name: "OEBPS/" + name, Data: []byte(head + `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>` + heading + `</title></head><body><h1>` + heading + `</h1><p>` + strings.Join(paragraphs, "</p><p>") + `</p></body></html>`)})
		fmt.Fprintf(&items, `<item id="c%d" href="%s" media-type="application/xhtml+xml"/>`, i, name)
		fmt.Fprintf(&spine, `<itemref idref="c%d"/>`, i)
		fmt.Fprintf(&toc, `<li><a href="%s">%s</a></li>`, name, heading)
		said.WriteString(heading + "\n" + strings.Join(paragraphs, "\n") + "\n")
	}
	files = append(files, parts.Part{Name: "OEBPS/nav.xhtml", Data: []byte(head + `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>目录</title></head><body><nav epub:type="toc"><ol>` + toc.String() + `</ol></nav></body></html>`)},
		parts.Part{Name: "OEBPS/book.opf", Data: []byte(head + `<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:binhai:2026-1</dc:identifier><dc:title>滨海工作读本</dc:title><dc:language>zh-CN</dc:language><dc:creator>林海生</dc:creator></metadata><manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>` + items.String() + `</manifest><spine>` + spine.String() + `</spine></package>`)})
	return made{name: "滨海工作读本.epub", features: []string{"chapters"}, text: said.String(), data: parts.Zip(files...)}
}
