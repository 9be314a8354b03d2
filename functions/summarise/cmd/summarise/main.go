// Command summarise runs the function.
package main

import (
	"xietong.dev/functions/summarise"
	"xietong.dev/shared/fn"
)

func main() { fn.Main(summarise.Open) }
