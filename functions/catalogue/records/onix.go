package records

import (
	"bufio"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"xietong.dev/shared/archive"
)

// onixShort are the short names of data elements; those of composites are their
// reference names in lower case. From the ONIX for Books 3.0 schemas.
var onixShort = map[string]string{
	"x298": "sendername", "x307": "sentdatetime", "m180": "messagenumber",
	"a001": "recordreference", "a002": "notificationtype", "a199": "deletiontext", "b221": "productidtype", "b244": "idvalue",
	"b202": "titletype", "x409": "titleelementlevel", "x410": "partnumber", "b203": "titletext", "b030": "titleprefix", "b031": "titlewithoutprefix", "b029": "subtitle",
	"x481": "collectionsequencenumber", "b034": "sequencenumber", "b035": "contributorrole", "b036": "personname", "b037": "personnameinverted",
	"b039": "namesbeforekey", "b247": "prefixtokey", "b040": "keynames", "b047": "corporatename",
	"b253": "languagerole", "b252": "languagecode", "x420": "scriptcode", "b067": "subjectschemeidentifier", "b171": "subjectschemename",
	"b069": "subjectcode", "b070": "subjectheadingtext", "b334": "productformfeaturetype", "b335": "productformfeaturevalue",
	"x426": "texttype", "d104": "text", "b291": "publishingrole", "b081": "publishername", "b079": "imprintname", "b394": "publishingstatus",
	"x448": "publishingdaterole", "b306": "date", "j396": "productavailability",
}

// onix reads an ONIX message: a header, and products.
type onix struct{ *trees }

func (r *Reader) openONIX(b *bufio.Reader) (rows, error) {
	o := onix{r.trees(b, onixShort)}
	if _, err := o.start(); err != nil { // the message itself
		return nil, err
	}
	head, err := o.start()
	if err != nil {
		return nil, err
	}
	header, bad, err := o.whole(head)
	switch {
	case err != nil:
		return nil, err
	case bad != nil:
		return nil, refusef(archive.CodeTooLarge, "the header of batch %q: %s", r.name, bad.Reason)
	case header.name != "header":
		return nil, refusef(archive.CodeUnreadable, "batch %q does not begin with ONIX's header", r.name)
	}
	r.header.Source, r.header.Batch = line(header.get("sender", "sendername")), line(header.get("messagenumber"))
	r.header.Seq, _ = strconv.ParseInt(r.header.Batch, 10, 64)
	r.header.Version = cmp.Or(stamp(header.get("sentdatetime")), r.header.Version)
	return o, nil
}

func (o onix) next() (Row, error) {
	for {
		e, err := o.start()
		if err != nil {
			return Row{}, err
		}
		n, bad, err := o.whole(e)
		switch {
		case err != nil:
			return Row{}, err
		case n.name != "product":
			continue
		case bad != nil:
			bad.SourceID = n.get("recordreference")
			return Row{}, bad
		}
		return productRow(n)
	}
}

// productRow is what an ONIX product asks for. Codes are those of lists 1, 64 and 65.
func productRow(n *node) (Row, error) {
	row := Row{SourceID: cmp.Or(n.get("recordreference"), onixISBN(n)), Op: Metadata, Metadata: onixBook(n)}
	switch kind := n.get("notificationtype"); kind {
	case "01", "02", "03", "04", "08", "09", "12", "13", "14":
	case "05":
		row.Op, row.Metadata, row.Reason = Withdraw, nil, cmp.Or(line(n.get("deletiontext")), "deleted by its source (ONIX notification 05)")
		return row, nil
	case "88", "89":
		return Row{}, &RowError{Code: CodeNotBook, Reason: "the record is for testing only (ONIX notification " + kind + ")", SourceID: row.SourceID}
	default:
		return Row{}, &RowError{Code: CodeField, Reason: "ONIX notification type " + strconv.Quote(short(kind)) + " is not known", SourceID: row.SourceID}
	}
	if why := withdrawn(n); why != "" {
		row.Op, row.Metadata, row.Reason = Withdraw, nil, why
	}
	return row, nil
}

// withdrawn says why a product is no longer to be had, and "" if it is. Out of print
// is no withdrawal, and one supplier who ceases leaves the others.
func withdrawn(n *node) string {
	switch status := n.get("publishingdetail", "publishingstatus"); status {
	case "11", "12", "15", "16", "17":
		return "withdrawn or recalled by its publisher (ONIX publishing status " + status + ")"
	}
	var codes []string
	for _, a := range n.all("productsupply", "supplydetail", "productavailability") {
		codes = append(codes, a.string())
	}
	gone := func(code string) bool { return code == "43" || code == "46" || code == "49" }
	if len(codes) == 0 || slices.ContainsFunc(codes, func(code string) bool { return !gone(code) }) {
		return ""
	}
	return "withdrawn or recalled by its suppliers (ONIX availability " + strings.Join(slices.Compact(codes), ", ") + ")"
}
