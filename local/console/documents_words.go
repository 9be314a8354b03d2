package console

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"xietong.dev/events"
	"xietong.dev/shared/say"
)

// Percent is the share of the source's characters that is in the result, such as 99.8,
// rounded down: what is not whole is never called so. It is empty where nothing was
// compared.
func (d document) Percent() string {
	if d.Report == nil || d.Report.Recall == nil {
		return ""
	}
	tenths := math.Floor(*d.Report.Recall*1000 + 1e-9)
	return strconv.FormatFloat(tenths/10, 'f', -1, 64)
}

// BlankPages lists pages with nothing on them.
func (d document) BlankPages() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(d.Report.Blank), " ", ", "), "[]")
}

// Fonts lists fonts that were replaced.
func (d document) Fonts() string {
	var all []string
	for _, f := range d.Report.Fonts {
		all = append(all, strings.TrimSuffix(f.Wanted+" → "+f.Used, " → "))
	}
	return strings.Join(all, ", ")
}

// Bytes is the size as people read it.
func (f madeFile) Bytes() string { return bytesText(f.Object.Size) }

// Weight is the size of what was uploaded as people read it.
func (d document) Weight() string { return bytesText(d.Size) }

// Colour of the state's dot.
func (d document) Colour() string {
	return map[string]string{docWaits: "busy", docGood: "good", docMade: "good", docDegraded: "wait", docRefused: "bad"}[d.State]
}

// Stamp is when it arrived, for a time element.
func (d document) Stamp() string { return events.Moment(d.At) }

var documentWords = say.Table{
	"documents":          {Zh: "文档", En: "Documents"},
	"documents_how":      {Zh: "放入文件桶 documents 的文件会转换为 PDF、页面图片和文本。", En: "Whatever is put into the bucket documents becomes a PDF, pictures of its pages, and text."},
	"no_documents":       {Zh: "还没有文档。把文件放入文件桶 documents，或在“试一试”里上传。", En: "No documents yet. Put one into the bucket documents, or upload it under Try it."},
	"no_older_documents": {Zh: "没有更早的文档。", En: "There are no older documents."},
	"doc_none_here":      {Zh: "这一段事件里没有文档。", En: "There is no document among these events."},
	"doc_looked":         {Zh: "只查看了 %d 个事件，直到", En: "Looked at %d events, back to"},
	"doc_waits":          {Zh: "转换中", En: "Converting"},
	"doc_good":           {Zh: "已转换", En: "Converted"},
	"doc_made":           {Zh: "已转换，未比对", En: "Converted, not compared"},
	"doc_degraded":       {Zh: "有缺失", En: "Something is missing"},
	"doc_refused":        {Zh: "未能转换", En: "Refused"},
	"doc_name":           {Zh: "名称", En: "Name"},
	"doc_state":          {Zh: "状态", En: "State"},
	"doc_arrived":        {Zh: "收到", En: "Arrived"},
	"doc_pages":          {Zh: "页数", En: "Pages"},
	"doc_some_pages":     {Zh: "%d 页", En: "%d pages"},
	"doc_one_page":       {Zh: "1 页", En: "1 page"},
	"doc_format":         {Zh: "格式", En: "Format"},
	"doc_engine":         {Zh: "转换引擎", En: "Engine"},
	"doc_repeated":       {Zh: "内容与之前的相同，沿用了那次的结果", En: "The same content was converted before; that was used again"},
	"doc_report":         {Zh: "转换质量", En: "How faithful"},
	"doc_recall":         {Zh: "原文 %s%% 的文字都在 PDF 中", En: "%s%% of the source's characters are in the PDF"},
	"doc_unchecked":      {Zh: "没有可以比对的文字", En: "there was no text to compare"},
	"doc_missing":        {Zh: "缺失的文字，例如", En: "Missing, for example"},
	"doc_blank":          {Zh: "空白页", En: "Blank pages"},
	"doc_fonts":          {Zh: "替换的字体", En: "Fonts replaced"},
	"doc_some_fonts":     {Zh: "%d 种", En: "%d in all"},
	"doc_reason":         {Zh: "原因", En: "Reason"},
	"doc_downloads":      {Zh: "下载", En: "Downloads"},
	"doc_file_original":  {Zh: "原文件", En: "Original"},
	"doc_previews":       {Zh: "页面", En: "Pages"},
	"doc_drawn":          {Zh: "共 %[2]d 页，已有 %[1]d 页的图片", En: "%d of %d pages have their picture"},
	"doc_page":           {Zh: "第 %d 页", En: "Page %d"},
	"doc_no_pictures":    {Zh: "还没有页面图片", En: "No pictures of pages yet"},
	"doc_earlier":        {Zh: "前面的页", En: "Earlier pages"},
	"doc_later":          {Zh: "后面的页", En: "Later pages"},
	"doc_older":          {Zh: "更早的", En: "Older"},
	"doc_newest":         {Zh: "回到最新", En: "Back to the newest"},
	"doc_all":            {Zh: "全部文档", En: "All documents"},
	"doc_story":          {Zh: "查看经过", En: "See its story"},
	"doc_show_changed":   {Zh: "显示", En: "Show it"},
}

// documentScript is what the page's script says too.
var documentScript = say.Table{
	"doc_changed":        {Zh: "有新的进展", En: "There is news"},
	"doc_picture_lapsed": {Zh: "图片地址已过期，请刷新页面", En: "The picture's address has lapsed; load the page again"},
}
