package score

// The words that people read: refusals, what lists do, and why a check says so.
// Words of rules stand in the rule sets, those of signals in the catalogue.

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"xietong.dev/shared/say"
	"xietong.dev/shared/web"
)

// messages are all words of the function.
var messages = together(officeMessages, rulesetMessages)

// together is one table of several.
func together(all ...say.Table) say.Table {
	one := say.Table{}
	for _, table := range all {
		maps.Copy(one, table)
	}
	return one
}

var officeMessages = say.Table{
	"error.refused_report": {Zh: "报告未被接受：%s", En: "the report was not taken: %s"},
	"error.too_many":       {Zh: "发送过于频繁，请稍后再试", En: "that was too much at once; try again later"},
	"error.needs_account":  {Zh: "请求头 X-Auth-Id 应说明由谁操作", En: "header X-Auth-Id: say who does this"},
	"error.field_app":      {Zh: "%s 应为 1 到 64 个字母、数字、点、横线或下划线", En: "%s: want 1 to 64 letters, digits, dots, dashes or underscores"},
	"error.app_taken":      {Zh: "应用 %s 属于另一个单位，请换一个标识", En: "app %s belongs to another unit; take another id"},
	"error.no_app":         {Zh: "没有应用 %s，请先用 PUT /score/apps/{app} 登记", En: "there is no app %s; add it with PUT /score/apps/{app}"},
	"error.no_device":      {Zh: "没有设备 %s", En: "there is no device %s"},
	"error.field_device":   {Zh: "%s 应为 32 位小写十六进制的设备标识", En: "%s: want a device's id, 32 hexadecimal digits in lower case"},
	"error.field_address":  {Zh: "%s 应为 IP 地址", En: "%s: want an IP address"},
	"error.field_network":  {Zh: "%s 应为 IP 地址或网段，例如 203.0.113.0/24", En: "%s: want an IP address or a network such as 203.0.113.0/24"},
	"error.field_wide":     {Zh: "%s 是过大的网段，最大为 /%d", En: "%s: the network is too wide, want /%d or narrower"},
	"error.field_list":     {Zh: "%s 应为 1 到 40 个小写字母、数字或下划线", En: "%s: want 1 to 40 lower-case letters, digits or underscores"},
	"error.field_rule":     {Zh: "%s 应为规则标识，例如 rt.frida；* 表示所有规则", En: "%s: want a rule's id such as rt.frida, or * for every rule"},
	"error.field_what":     {Zh: "%s 应为操作名，例如 list.put", En: "%s: want what was done, such as list.put"},
	"error.field_moment":   {Zh: "%s 应为时间，例如 2026-01-02T15:04:05+08:00", En: "%s: want a time such as 2026-01-02T15:04:05+08:00"},
	"error.field_until":    {Zh: "%s 应为从现在起 %d 天以内的时间", En: "%s: want a time within the next %d days"},
	"error.field_never":    {Zh: "%s 不能与 %s 同时给出", En: "%s: not with %s"},
	"error.field_one":      {Zh: "请给出其中恰好一项：%s", En: "want exactly one of %s"},
	"error.field_missing":  {Zh: "缺少 %s", En: "%s is missing"},
	"error.list_commands":  {Zh: "名单 blocked 由命令产生，请用 POST /score/commands", En: "the list blocked follows from commands; use POST /score/commands"},
	"error.list_full":      {Zh: "名单 %s 已有 %d 项，请先删除不再需要的", En: "list %s has %d items; remove some first"},
	"error.lists_full":     {Zh: "已有 %d 个名单，请使用已有的名单", En: "there are %d lists; use one of them"},
	"error.no_item":        {Zh: "名单中没有这一项", En: "the list has no such item"},
	"error.no_suppression": {Zh: "没有这项静默", En: "there is no such suppression"},
	"error.alert_closed":   {Zh: "该告警已由 %s 关闭", En: "the alert was closed by %s"},
	"error.key_reused":     {Zh: "同一个 Idempotency-Key 曾用于不同的请求", En: "this Idempotency-Key was used for another request"},
	"error.search_slow":    {Zh: "查询用时过长，请用 from、to、device 或 account 缩小范围", En: "the search took too long; narrow it with from, to, device or account"},

	"list.allowed":           {Zh: "放行：最多观察，平台证明的阻断除外", En: "let through: monitored at most, except where a platform attests against it"},
	"list.denied":            {Zh: "拒绝", En: "blocked"},
	"list.step_up":           {Zh: "须再次证明身份", En: "asked for a second proof of who it is"},
	"list.watched":           {Zh: "只观察", En: "monitored"},
	"list.test_device":       {Zh: "测试设备：最多观察", En: "devices of testers: monitored at most"},
	"list.shared_device":     {Zh: "多人公用的设备", En: "devices that many use"},
	"list.shared_egress":     {Zh: "多人共用的出口地址", En: "addresses that many share"},
	"list.new_batch":         {Zh: "批量领用的新设备", En: "new devices that were issued in bulk"},
	"list.gray_model":        {Zh: "灰产常用的机型", En: "models known from fraud"},
	"list.cloud_phone_model": {Zh: "云手机的机型", En: "models of phones in a cloud"},
	"list.anonymous_exit":    {Zh: "匿名代理的出口地址", En: "addresses of anonymising proxies"},

	"check.unknown_device": {Zh: "设备没有登记", En: "the device is not enrolled"},
	"check.no_report":      {Zh: "设备还没有报告过", En: "the device has not reported yet"},
	"check.muted":          {Zh: "设备应当报告而没有报告", En: "the device has been silent although it should report"},
	"check.other_account":  {Zh: "设备上次报告的是另一个账号", En: "the device last reported another account"},
	"check.blocked":        {Zh: "已下达阻断命令", En: "a command blocks it"},
	"check.step_up":        {Zh: "要求再次证明身份", En: "a second proof of who it is is asked for"},
	"check.denied":         {Zh: "在拒绝名单上", En: "it is on the list of the denied"},
}

// checkText refuses a text that has control characters, or too few or too many
// characters.
func checkText(name, text string, least, most int) error {
	n := utf8.RuneCountInString(text)
	switch {
	case n < least || n > most:
		return web.Field("field_length", name, least, most)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return web.Field("field_control", name)
	}
	return nil
}
