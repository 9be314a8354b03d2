package library

import "xietong.dev/shared/say"

// feedWords are what reading apps show of the feeds.
var feedWords = say.Table{
	"feeds.library":     {Zh: "书库", En: "Library"},
	"feeds.about":       {Zh: "搜索书名、作者、ISBN、主题和正文", En: "Search titles, authors, ISBN, subjects and texts"},
	"feeds.door":        {Zh: "此地址无效或已过期。请登录办公平台，在书库中重新获取您的个人书目地址，再添加到阅读软件。", En: "This address is not valid, or no longer. Log in to the office platform, get your own feed address from the library, and add it to your reading app."},
	"feeds.start":       {Zh: "首页", En: "Start"},
	"feeds.search":      {Zh: "搜索", En: "Search"},
	"feeds.next":        {Zh: "下一页", En: "Next page"},
	"feeds.found":       {Zh: "搜索：%s", En: "Search: %s"},
	"feeds.books":       {Zh: "%d 本", En: "Books: %d"},
	"feeds.all":         {Zh: "全部", En: "All"},
	"feeds.order":       {Zh: "排序", En: "Order"},
	"feeds.titles":      {Zh: "按书名", En: "By title"},
	"feeds.newest":      {Zh: "最新上架", En: "Newest"},
	"feeds.popular":     {Zh: "阅读最多", En: "Most read"},
	"feeds.shelf":       {Zh: "我的借阅", En: "My loans"},
	"feeds.file":        {Zh: "下载", En: "Download"},
	"feeds.read":        {Zh: "在线阅读", En: "Read online"},
	"feeds.borrow":      {Zh: "借阅", En: "Borrow"},
	"feeds.return":      {Zh: "归还", En: "Return"},
	"feeds.copies":      {Zh: "借阅（可借 %d 本，共 %d 本）", En: "Borrow (%d of %d copies free)"},
	"feeds.unavailable": {Zh: "暂不可借", En: "Not available now"},

	"feeds.newest_about":       {Zh: "最近加入书库的书", En: "What came to the library last"},
	"feeds.popular_about":      {Zh: "大家读得最多的书", En: "What is read most"},
	"feeds.shelf_about":        {Zh: "您借阅的书", En: "The books that you have borrowed"},
	"feeds.by_class":           {Zh: "按中图法分类", En: "By class"},
	"feeds.by_class_about":     {Zh: "中国图书馆分类法的大类", En: "Main classes of the Chinese Library Classification"},
	"feeds.by_language":        {Zh: "按语言", En: "By language"},
	"feeds.by_language_about":  {Zh: "书的语言", En: "Languages of the books"},
	"feeds.by_subject":         {Zh: "按主题", En: "By subject"},
	"feeds.by_subject_about":   {Zh: "最常见的主题", En: "The commonest subjects"},
	"feeds.by_author":          {Zh: "按作者", En: "By author"},
	"feeds.by_author_about":    {Zh: "书最多的作者", En: "Authors of the most books"},
	"feeds.by_publisher":       {Zh: "按出版社", En: "By publisher"},
	"feeds.by_publisher_about": {Zh: "书最多的出版社", En: "Publishers of the most books"},

	"feeds.facet_class":     {Zh: "分类", En: "Class"},
	"feeds.facet_language":  {Zh: "语言", En: "Language"},
	"feeds.facet_subject":   {Zh: "主题", En: "Subject"},
	"feeds.facet_author":    {Zh: "作者", En: "Author"},
	"feeds.facet_publisher": {Zh: "出版社", En: "Publisher"},
	"feeds.facet_format":    {Zh: "格式", En: "Format"},
	"feeds.facet_year":      {Zh: "年份", En: "Year"},
}
