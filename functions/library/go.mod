module xietong.dev/functions/library

go 1.26.0

replace xietong.dev/events => ../../events

replace xietong.dev/shared => ../../shared

require (
	github.com/google/go-cmp v0.7.0
	github.com/mozillazg/go-pinyin v0.21.0
	golang.org/x/text v0.42.0
	xietong.dev/events v0.0.0
	xietong.dev/shared v0.0.0
)

require (
	github.com/cloudevents/sdk-go/v2 v2.16.2 // indirect
	github.com/json-iterator/go v1.1.12 // indirect
	github.com/modern-go/concurrent v0.0.0-20180306012644-bacd9c7ef1dd // indirect
	github.com/modern-go/reflect2 v1.0.2 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
)
