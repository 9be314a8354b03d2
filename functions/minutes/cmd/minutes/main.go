// Command minutes runs the function.
package main

import (
	"xietong.dev/functions/minutes"
	"xietong.dev/shared/fn"
)

func main() { fn.Main(minutes.Open) }
