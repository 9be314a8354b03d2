// Command convert turns office documents into PDF, previews and text; see package
// convert.
package main

import (
	"xietong.dev/functions/convert"
	"xietong.dev/functions/convert/office"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pages"
)

func main() { fn.Main(convert.Open, office.Worker, pages.Worker) }
