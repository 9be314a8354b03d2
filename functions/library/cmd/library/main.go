// Command library is the function library.
package main

import (
	"xietong.dev/functions/library"
	"xietong.dev/shared/fn"
)

func main() { fn.Main(library.Open) }
