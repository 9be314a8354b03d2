module xietong.dev/functions/catalogue

go 1.26.0

replace xietong.dev/events => ../../events

replace xietong.dev/shared => ../../shared

require (
	github.com/google/go-cmp v0.7.0
	golang.org/x/text v0.42.0
)
