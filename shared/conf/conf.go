// Package conf is the only reader of the environment: it turns variables into
// a struct, with defaults in the tags.
//
//	type Config struct {
//		MaxDuration time.Duration `env:"MAX_DURATION,default=8h"`
//		Upload      conf.Bytes    `env:"MAX_UPLOAD,default=4GiB"`
//		Database    conf.Secret   `env:"DATABASE_URL,required"`
//	}
//
// Where NAME is unset and NAME_FILE is set, the value is what that file holds, as
// on platforms that hand over secrets as files. A missing or unreadable variable
// is an error that names the variable.
package conf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/sethvargo/go-envconfig"
)

// Read fills the struct that into points to from getenv. An empty variable
// counts as unset, as it does in every platform's manifest.
func Read(getenv func(string) string, into any) error {
	from := &lookup{getenv: getenv}
	err := envconfig.ProcessWith(context.Background(), &envconfig.Config{
		Target:           into,
		Lookuper:         from,
		DefaultOverwrite: true,
	})
	if from.failed != nil {
		return from.failed // why a variable is missing
	}
	if err != nil {
		return fmt.Errorf("environment variable %s%w", variable(err, into), err)
	}
	return nil
}

// variable names the variable behind err, whose text starts with the name of
// the struct's field, which says nothing to an operator.
func variable(err error, into any) string {
	field, _, _ := strings.Cut(err.Error(), ":")
	f, ok := reflect.TypeOf(into).Elem().FieldByName(field)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(f.Tag.Get("env"), ",")
	return name + ": "
}

// lookup finds a variable, or the file that holds its value.
type lookup struct {
	getenv func(string) string
	failed error
}

func (l *lookup) Lookup(key string) (string, bool) {
	value, path := l.getenv(key), l.getenv(key+"_FILE")
	if path == "" {
		return value, value != ""
	}
	held, err := read(path)
	if value != "" {
		err = fmt.Errorf("%s is set as well; set one of them", key)
	}
	if err != nil {
		l.failed = errors.Join(l.failed, fmt.Errorf("environment variable %s_FILE: %w", key, err))
	}
	return held, err == nil
}

// maxFile bounds the file that holds one value.
const maxFile = 64 << 10

// read returns what a file holds, without the end of its line.
func read(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch value := strings.TrimRight(string(text), "\r\n"); {
	case err != nil:
		return "", err
	case len(text) > maxFile:
		return "", fmt.Errorf("%s holds more than %d bytes", path, maxFile)
	case value == "":
		return "", fmt.Errorf("%s is empty", path)
	default:
		return value, nil
	}
}

// Secret is a value that never shows itself in logs or errors.
type Secret string

func (Secret) String() string   { return "[secret]" }
func (Secret) GoString() string { return "[secret]" }

// Reveal returns the value.
func (s Secret) Reveal() string { return string(s) }

// Bytes is a size: "4096", "64KiB", "25MiB", "4GiB".
type Bytes int64

var units = []struct {
	suffix string
	factor float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"B", 1}, {"", 1}}

// EnvDecode reads a size from its text.
func (b *Bytes) EnvDecode(text string) error {
	for _, u := range units {
		number, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(n >= 0) || n*u.factor >= math.MaxInt64 {
			break
		}
		*b = Bytes(n * u.factor)
		return nil
	}
	return fmt.Errorf("%q is not a size; write one like 512, 64KiB, 25MiB or 4GiB", text)
}
