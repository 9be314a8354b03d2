package office

import (
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xietong.dev/shared/conf"
)

// Config is how LibreOffice is run.
type Config struct {
	Program string `env:"OFFICE_PROGRAM,default=/usr/lib/libreoffice/program"` // the directory of soffice.bin and libmergedlo.so
	Workers int    `env:"OFFICE_WORKERS,default=0"`                            // documents at a time; 0 is one for each processor
	Uses    int    `env:"OFFICE_USES,default=20"`                              // trusted documents that one worker converts; others have one of their own
	// Age and Resident end a worker after the document it has: LibreOffice does
	// not give back all that it took.
	Age      time.Duration `env:"OFFICE_AGE,default=1h"`
	Resident conf.Bytes    `env:"OFFICE_RESIDENT,default=600MiB"`
	Limits
}

// Limits is what one document may take.
type Limits struct {
	Wall    time.Duration `env:"OFFICE_WALL,default=3m"`
	CPU     time.Duration `env:"OFFICE_CPU,default=2m"`
	Silence time.Duration `env:"OFFICE_SILENCE,default=30s"`    // without using any processor time
	Memory  conf.Bytes    `env:"OFFICE_MEMORY,default=1536MiB"` // 1 GiB of address space was enough for all of 20 real documents, 768 MiB for 12
	File    conf.Bytes    `env:"OFFICE_FILE,default=1GiB"`      // what comes out, and any file on the way
}

// complete checks c, and fills in what follows from the machine.
func (c Config) complete() (Config, error) {
	if c.Workers == 0 {
		c.Workers = runtime.NumCPU()
	}
	if c.Workers < 0 || c.Uses < 1 {
		return c, fmt.Errorf("environment variables OFFICE_WORKERS, OFFICE_USES: %d and %d, want at least 0 and 1", c.Workers, c.Uses)
	}
	for name, ok := range map[string]bool{
		"OFFICE_AGE": c.Age > 0, "OFFICE_RESIDENT": c.Resident > 0, "OFFICE_WALL": c.Wall > 0, "OFFICE_CPU": c.CPU > 0,
		"OFFICE_SILENCE": c.Silence > 0, "OFFICE_MEMORY": c.Memory > 0, "OFFICE_FILE": c.File > 0,
		"OFFICE_PROGRAM": filepath.IsAbs(c.Program),
	} {
		if !ok {
			return c, fmt.Errorf("environment variable %s: want more than nothing, and an absolute path", name)
		}
	}
	return c, nil
}

// Job is one document.
type Job struct {
	In       string // a file of ours
	Out      string // the file to make of it; it appears whole or not at all
	Name     string // what its owner calls it, without From: documents may show it; empty for "document"
	From     string // the extension that tells LibreOffice what In is, as docx
	Load     string // options for loading a csv, in LibreOffice's own form
	Filter   string // the extension of what to make, as pdf
	Options  string // of the filter, in LibreOffice's own form
	Password string
	Trusted  bool // made by our own people: it may share a worker with others of its kind
}

// plain reports whether it is a table of plain text. LibreOfficeKit 7.4 asks
// somebody how to read one, whatever options it is given, and gives up when
// nobody is there.
func (j Job) plain() bool { return j.From == "csv" }

// load returns the options to load a csv with: as most are, with commas, double
// quotes, UTF-8, from the first line on.
func (j Job) load() string {
	if j.Load == "" {
		return "44,34,76,1"
	}
	return j.Load
}

var extension = regexp.MustCompile(`^[a-z0-9]{1,8}$`)

func (j Job) check() error {
	for what, value := range map[string]string{"From": j.From, "Filter": j.Filter} {
		if !extension.MatchString(value) {
			return fmt.Errorf("convert %s: %s is %q, want an extension such as docx", j.In, what, value)
		}
	}
	return nil
}

// longestName is in bytes; with an extension it fits every file system.
const longestName = 200

// fileName is the name that LibreOffice sees. Fields in documents and the sheets
// of tables show it.
func (j Job) fileName() string {
	name := strings.Map(func(r rune) rune {
		if r == '/' || r == utf8.RuneError || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, j.Name)
	for len(name) > longestName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	if strings.Trim(name, ". ") == "" {
		name = "document"
	}
	return name + "." + j.From
}
