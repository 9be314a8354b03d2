package convert

import "xietong.dev/shared/say"

// messages are what callers of the HTTP API read.
var messages = say.Table{
	"error.document":          {Zh: "无法转换该文档：%s", En: "this document cannot be converted: %s"},
	"error.too_slow":          {Zh: "转换用时过长；请改用事件 document.conversion.requested", En: "the conversion took too long; ask for it with the event document.conversion.requested"},
	"error.engine_failed":     {Zh: "转换引擎在该文档上异常退出；可再试一次，或改用事件 document.conversion.requested", En: "the engine ended in the middle of this document; try once more, or ask with the event document.conversion.requested"},
	"error.no_form":           {Zh: "请求体应为 multipart/form-data，且完整", En: "want a whole body of multipart/form-data"},
	"error.no_file":           {Zh: "表单中没有文件；请以字段 files 上传", En: "the form has no file; send it as field files"},
	"error.one_file":          {Zh: "这里只接受一个文件", En: "this address takes one file"},
	"error.body_large":        {Zh: "请求体超过 %d 字节；大文档请上传到对象存储", En: "the body has over %d bytes; put large documents into the object store"},
	"error.too_many_files":    {Zh: "最多 %d 个文件", En: "want at most %d files"},
	"error.field_large":       {Zh: "字段 %s 超过 %d 字节", En: "field %s has over %d bytes"},
	"error.field_bool":        {Zh: "字段 %s 应为 true 或 false", En: "field %s: want true or false"},
	"error.field_number":      {Zh: "字段 %s 应为 %d 到 %d 的整数", En: "field %s: want a whole number from %d to %d"},
	"error.field_one_of":      {Zh: "字段 %s 应为其中之一：%s", En: "field %s: want one of %s"},
	"error.too_many_pictures": {Zh: "最多绘制 %d 页", En: "at most %d pages are drawn"},
	"error.field_watermark":   {Zh: "水印有误：%s", En: "the watermark is wrong: %s"},
	"error.field_pages":       {Zh: "页码范围有误：%s", En: "the pages are wrong: %s"},
	"error.unknown_field":     {Zh: "没有字段 %s，可用的有：%s", En: "there is no field %s; there are %s"},
}
