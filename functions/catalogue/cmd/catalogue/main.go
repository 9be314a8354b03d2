// Command catalogue reads books and carries out lists of them; see package
// catalogue.
package main

import (
	"xietong.dev/functions/catalogue"
	"xietong.dev/shared/fn"
	"xietong.dev/shared/pages"
)

func main() { fn.Main(catalogue.Open, pages.Worker) }
