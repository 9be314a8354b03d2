package console

// What the console says to people, page by page.

import (
	"maps"

	"xietong.dev/shared/say"
)

// words is the one table; each page's part stands beside the page.
func words() say.Table {
	all := say.Table{}
	for _, part := range []say.Table{commonWords, overviewWords, documentWords, documentScript, eventWords, metricsWords, chartWords, tryWords, deadWords, letterWords, runsWords, runsScript, actsWords, oidcWords, clusterWords} {
		maps.Copy(all, part)
	}
	return all
}

var commonWords = say.Table{
	"console":        {Zh: "工具箱控制台", En: "Toolbox console"},
	"skip":           {Zh: "跳到正文", En: "Skip to the page"},
	"menu":           {Zh: "菜单", En: "Menu"},
	"pages":          {Zh: "页面", En: "Pages"},
	"leave":          {Zh: "退出", En: "Sign out"},
	"dark":           {Zh: "深色", En: "Dark"},
	"minutes":        {Zh: "智能纪要", En: "Minutes"},
	"captions":       {Zh: "实时字幕", En: "Live captions"},
	"library":        {Zh: "图书馆", En: "Library"},
	"risk":           {Zh: "设备风险", En: "Device risk"},
	"what they made": {Zh: "应用", En: "Applications"},
	"failed":         {Zh: "服务暂时出错，请稍后再试", En: "Something went wrong here; try again"},

	"title overview.html":  {Zh: "概览", En: "Overview"},
	"title events.html":    {Zh: "事件", En: "Events"},
	"title dead.html":      {Zh: "死信", En: "Dead letters"},
	"title acts.html":      {Zh: "操作记录", En: "Who did what"},
	"title documents.html": {Zh: "文档", En: "Documents"},
	"title enter.html":     {Zh: "登录", En: "Sign in"},
	"title failed.html":    {Zh: "未能完成", En: "That did not work"},
	"to_overview":          {Zh: "回到概览", En: "Back to the overview"},

	"enter":       {Zh: "登录", En: "Sign in"},
	"enter_how":   {Zh: "运行 go run ./local 的终端里显示了控制台地址和令牌。", En: "The terminal in which go run ./local runs shows the console's address and its token."},
	"token":       {Zh: "令牌", En: "Token"},
	"your_name":   {Zh: "您的姓名（随每次操作保存）", En: "Your name (kept with whatever you change)"},
	"wrong_token": {Zh: "令牌不正确", En: "That is not the token"},
	"long_name":   {Zh: "姓名最多 64 个字符，不能含有控制字符", En: "A name has at most 64 characters, and no control characters"},

	"error.not_from_here": {Zh: "这一操作不是由控制台页面发出的，或页面已过期：请刷新页面后再试", En: "this change did not come from a page of the console, or the page is old: load it again and retry"},
	"error.not_in":        {Zh: "登录已过期，请重新登录", En: "you are no longer signed in; sign in again"},
}
