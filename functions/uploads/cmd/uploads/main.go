// Uploads is the function uploads as a program.
package main

import (
	"xietong.dev/functions/uploads"
	"xietong.dev/shared/fn"
)

func main() { fn.Main(uploads.Open) }
