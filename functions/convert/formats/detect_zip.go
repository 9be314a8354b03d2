package formats

import (
	"encoding/xml"
	"io"
	"strings"

	"xietong.dev/shared/archive"
	"xietong.dev/shared/fault"
)

// detecting are the limits of what is read to tell what a file is: parts that are
// short in every document.
var detecting = archive.Limits{Entries: 100_000, Directory: 32 << 20, XML: 8 << 20, XMLToken: 1 << 20, XMLTokens: 400_000, XMLDepth: 32, Inflated: 64 << 20}

// lookZip looks into the parts that say what an archive is. It is [archive.Check]
// that judges the archive.
func lookZip(r io.ReaderAt, size int64, name string) (found, error) {
	a, err := archive.Glance(r, size, detecting)
	if err != nil {
		return found{}, err
	}
	if a.IsEncrypted() {
		return found{}, errEncrypted()
	}
	switch {
	case a.Has("[Content_Types].xml"):
		return lookOOXML(a, name)
	case a.Has("mimetype"):
		return lookODF(a)
	}
	return found{}, unsupportedf("the file is %s: unpack it and upload the documents", archiveKind(a))
}

// archiveKind names an archive that is no document.
func archiveKind(a *archive.Archive) string {
	switch {
	case a.Has("OFD.xml"):
		return "an OFD document, which has a converter of its own"
	case a.Has("AndroidManifest.xml"):
		return "an Android program"
	case a.Has("META-INF/MANIFEST.MF"):
		return "a Java program"
	case a.Has("Index/Document.iwa"):
		return "a Pages, Numbers or Keynote document"
	}
	return "a zip archive"
}

// mains are the content types of the main part. Their ends are the same in the
// strict and the transitional form of the standard.
var mains = map[string]Format{
	ooxml + "wordprocessingml.document.main+xml":                       Docx,
	"application/vnd.ms-word.document.macroenabled.main+xml":           Docm,
	ooxml + "wordprocessingml.template.main+xml":                       Dotx,
	"application/vnd.ms-word.template.macroenabledtemplate.main+xml":   Dotm,
	ooxml + "spreadsheetml.sheet.main+xml":                             Xlsx,
	"application/vnd.ms-excel.sheet.macroenabled.main+xml":             Xlsm,
	ooxml + "spreadsheetml.template.main+xml":                          Xltx,
	"application/vnd.ms-excel.sheet.binary.macroenabled.main":          Xlsb,
	ooxml + "presentationml.presentation.main+xml":                     Pptx,
	"application/vnd.ms-powerpoint.presentation.macroenabled.main+xml": Pptm,
	ooxml + "presentationml.template.main+xml":                         Potx,
	ooxml + "presentationml.slideshow.main+xml":                        Ppsx,
	"application/vnd.ms-powerpoint.slideshow.macroenabled.main+xml":    Ppsm,
	"application/vnd.ms-excel.template.macroenabled.main+xml":          Xlsm, // an xltm
	"application/vnd.ms-powerpoint.template.macroenabled.main+xml":     Pptm, // a potm
	"application/vnd.ms-word.template.macroenabled.main+xml":           Dotm,
	"application/vnd.ms-word.document.macroenabledtemplate.main+xml":   Dotm,
}

// lookOOXML reads the list of content types for the main part.
func lookOOXML(a *archive.Archive, name string) (found, error) {
	x, closed, err := a.XML("[Content_Types].xml")
	if err != nil {
		return found{}, err
	}
	defer closed()
	var it found
	err = x.Each(func(token xml.Token) error {
		if e, ok := token.(xml.StartElement); ok {
			kind := strings.ToLower(archive.Attr(e, "ContentType"))
			if f := mains[kind]; f != "" && it.format == "" {
				it.format = f
			}
			it.macros = it.macros || kind == "application/vnd.ms-office.vbaproject"
		}
		return nil
	})
	if err != nil {
		return found{}, err
	}
	if it.format == "" {
		return found{}, unsupportedf("the file is an Office package that is no text, spreadsheet or presentation")
	}
	it.format = named(name, alike[it.format], it.format)
	return it, nil
}

// lookODF reads the entry mimetype, which EPUB has as well.
func lookODF(a *archive.Archive) (found, error) {
	said, err := a.Read("mimetype", 200)
	if fault.Code(err) == archive.CodeTooLarge {
		said, err = nil, nil
	}
	if err != nil {
		return found{}, err
	}
	f := ByMediaType(string(said))
	switch f {
	case Epub:
		if a.Has("META-INF/rights.xml") || a.Has("META-INF/license.lcpl") { // encryption.xml alone may be about fonts
			return found{}, fault.Refusef(archive.CodeEncrypted, "the book is protected by its publisher")
		}
		return found{format: Epub}, nil
	case Odt, Ott, Ods, Ots, Odp, Otp:
		it := found{format: f}
		err := lookManifest(a, &it)
		return it, err
	}
	return found{}, unsupportedf("the file is an archive of the kind %.60q: export it as PDF", said)
}

// lookManifest looks for encryption and macros in the list of an OpenDocument
// package's parts.
func lookManifest(a *archive.Archive, it *found) error {
	for _, name := range a.Names() {
		it.macros = it.macros || strings.HasPrefix(name, "Basic/") || strings.HasPrefix(name, "Scripts/")
	}
	if !a.Has("META-INF/manifest.xml") {
		return nil
	}
	x, closed, err := a.XML("META-INF/manifest.xml")
	if err != nil {
		return err
	}
	defer closed()
	return x.Each(func(token xml.Token) error {
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "encryption-data" {
			return errEncrypted()
		}
		return nil
	})
}
