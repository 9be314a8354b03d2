package console

// What is wrong with an event's data, in words.

import (
	"fmt"

	"xietong.dev/events"
	"xietong.dev/shared/say"
)

// wrongText says what is wrong with a field, by the form of the contract's own sentence.
// One that has no words here is said as it is.
func wrongText(language, form string, args []any) string {
	said := make([]any, len(args))
	for i, a := range args {
		said[i] = a
		if kind, is := a.(events.Kind); is {
			said[i] = wrongWords.Say(language, string(kind))
		}
	}
	if _, has := wrongWords[form]; !has {
		return fmt.Sprintf(form, said...)
	}
	return wrongWords.Say(language, form, said...)
}

// wrongWords are the contract's sentences by their forms. They have no subject: the
// page shows them beside the field.
var wrongWords = say.Table{
	"is missing":                           {Zh: "缺少这一项", En: "is missing"},
	"is there twice":                       {Zh: "出现了两次", En: "is there twice"},
	"is %s, want %s":                       {Zh: "是%s，应为%s", En: "is %s, want %s"},
	"is nested deeper than %d levels":      {Zh: "嵌套超过 %d 层", En: "is nested deeper than %d levels"},
	"is not UTF-8":                         {Zh: "不是 UTF-8 文本", En: "is not UTF-8"},
	"is not JSON":                          {Zh: "不是 JSON", En: "is not JSON"},
	"is not JSON at byte %d: %s":           {Zh: "从第 %d 字节起不是 JSON：%s", En: "is not JSON at byte %d: %s"},
	"is %s, want an integer of at most %d": {Zh: "是 %s，应为整数，绝对值不超过 %d", En: "is %s, want an integer of at most %d"},
	"is %s, want a number of 64 bits":      {Zh: "是 %s，应为 64 位浮点数能表示的数", En: "is %s, want a number of 64 bits"},
	"is empty, want at least one place in the transcript": {Zh: "为空，应至少引用转写文字中的一处", En: "is empty, want at least one place in the transcript"},
	"is %d, want %d":       {Zh: "是 %d，应为 %d", En: "is %d, want %d"},
	"is %d, want %d to %d": {Zh: "是 %d，应为 %d 到 %d", En: "is %d, want %d to %d"},
	"is %d, which does not fit %s: want at least %d":                               {Zh: "是 %d，与 %s 不符，应不小于 %d", En: "is %d, which does not fit %s: want at least %d"},
	"is %g, want 0 to 1":                                                           {Zh: "是 %g，应为 0 到 1", En: "is %g, want 0 to 1"},
	"is %g, want 0 to %d":                                                          {Zh: "是 %g，应为 0 到 %d", En: "is %g, want 0 to %d"},
	"has %d characters, want %d to %d of UTF-8 without NUL":                        {Zh: "有 %d 个字符，应为 %d 到 %d 个，UTF-8 编码，不含 NUL", En: "has %d characters, want %d to %d of UTF-8 without NUL"},
	"has %d elements, want %d to %d":                                               {Zh: "有 %d 项，应为 %d 到 %d 项", En: "has %d elements, want %d to %d"},
	"has %d headings on all levels, which does not fit the bound: want at most %d": {Zh: "各级标题共 %d 个，最多 %d 个", En: "has %d headings on all levels, which does not fit the bound: want at most %d"},
	"has %d levels, which does not fit the bound: want at most %d":                 {Zh: "有 %d 级，最多 %d 级", En: "has %d levels, which does not fit the bound: want at most %d"},
	"is %q, want one of %s":                                                        {Zh: "是 %q，应为其中之一：%s", En: "is %q, want one of %s"},
	"is %q, want 8 to 64 of a-z, 0-9 and -":                                        {Zh: "是 %q，应为 8 到 64 个字符：a-z、0-9 和 -", En: "is %q, want 8 to 64 of a-z, 0-9 and -"},
	"is %q, want a BCP 47 tag such as zh, en or ja":                                {Zh: "是 %q，应为 BCP 47 语言标签，例如 zh、en、ja", En: "is %q, want a BCP 47 tag such as zh, en or ja"},
	"is %q, want lower-case letters, digits and _":                                 {Zh: "是 %q，应由小写字母、数字和 _ 组成", En: "is %q, want lower-case letters, digits and _"},
	"is %q, want lower-case letters, digits and _, in parts with dots between":     {Zh: "是 %q，应由小写字母、数字和 _ 组成，各段之间用点分隔", En: "is %q, want lower-case letters, digits and _, in parts with dots between"},
	"is %q, want 16 hexadecimal digits in lower case":                              {Zh: "是 %q，应为 16 位小写十六进制数字", En: "is %q, want 16 hexadecimal digits in lower case"},
	"is %q, want 32 hexadecimal digits in lower case":                              {Zh: "是 %q，应为 32 位小写十六进制数字", En: "is %q, want 32 hexadecimal digits in lower case"},
	"is %q, want 64 hexadecimal digits in lower case":                              {Zh: "是 %q，应为 64 位小写十六进制数字", En: "is %q, want 64 hexadecimal digits in lower case"},
	"is %q, want a day such as 2030-12-31":                                         {Zh: "是 %q，应为日期，例如 2030-12-31", En: "is %q, want a day such as 2030-12-31"},
	"is %q, want a date such as 2024, 2024-05 or 2024-05-17":                       {Zh: "是 %q，应为年、年月或日期，例如 2024、2024-05、2024-05-17", En: "is %q, want a date such as 2024, 2024-05 or 2024-05-17"},
	"is %q, want a class such as TP312":                                            {Zh: "是 %q，应为中图分类号，例如 TP312", En: "is %q, want a class such as TP312"},
	"is %q, want a code of three lower-case letters such as aut":                   {Zh: "是 %q，应为三个小写字母的代码，例如 aut", En: "is %q, want a code of three lower-case letters such as aut"},
	"is %q, want 1 to 63 of a-z, 0-9, dot, _ and -":                                {Zh: "是 %q，应为 1 到 63 个字符：a-z、0-9、点、_ 和 -", En: "is %q, want 1 to 63 of a-z, 0-9, dot, _ and -"},
	"is %q, want 1 to 64 of A-Z, a-z, 0-9, dot, _ and -":                           {Zh: "是 %q，应为 1 到 64 个字符：A-Z、a-z、0-9、点、_ 和 -", En: "is %q, want 1 to 64 of A-Z, a-z, 0-9, dot, _ and -"},
	"is %q, want 13 digits that begin with 978 or 979":                             {Zh: "是 %q，应为以 978 或 979 开头的 13 位数字", En: "is %q, want 13 digits that begin with 978 or 979"},
	"is %q, which does not fit its last digit: the digits before want another":     {Zh: "是 %q，末位校验码与前面的数字不符", En: "is %q, which does not fit its last digit: the digits before want another"},
	"is %q, want base64url without padding":                                        {Zh: "是 %q，应为不带填充的 base64url", En: "is %q, want base64url without padding"},
	"is %q, want a time in UTC such as 2026-11-27T01:30:00.000Z":                   {Zh: "是 %q，应为 UTC 时间，例如 2026-11-27T01:30:00.000Z", En: "is %q, want a time in UTC such as 2026-11-27T01:30:00.000Z"},
	"is %q, which does not fit the calendar: want a day that there is":             {Zh: "是 %q，日历上没有这一天", En: "is %q, which does not fit the calendar: want a day that there is"},
	"is %q, which does not fit %s: want no earlier time than %q":                   {Zh: "是 %q，与 %s 不符，不应早于 %q", En: "is %q, which does not fit %s: want no earlier time than %q"},
	"is %q, want an IP address":                                                    {Zh: "是 %q，应为 IP 地址", En: "is %q, want an IP address"},
	"is %q, which does not fit the form of an IP address":                          {Zh: "是 %q，不是正确的 IP 地址", En: "is %q, which does not fit the form of an IP address"},
	"is %q, want a hash in lower case, or an IP address":                           {Zh: "是 %q，应为小写的散列值或 IP 地址", En: "is %q, want a hash in lower case, or an IP address"},

	"an object": {Zh: "对象", En: "an object"},
	"a list":    {Zh: "列表", En: "a list"},
	"a string":  {Zh: "文本", En: "a string"},
	"a boolean": {Zh: "真假值", En: "a boolean"},
	"null":      {Zh: "空值", En: "null"},
	"a number":  {Zh: "数", En: "a number"},
}
