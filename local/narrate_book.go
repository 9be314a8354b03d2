package main

import "xietong.dev/events"

func bookDetails(e events.Event) []any {
	switch e.Type() {
	case events.BookUploaded{}.EventType():
		d, _ := events.Decode[events.BookUploaded](e)
		return []any{oneLine(d.Name), d.Object.Size / 1024}
	case events.BookCatalogued{}.EventType():
		d, _ := events.Decode[events.BookCatalogued](e)
		return []any{oneLine(d.Metadata.Title), d.Format, d.Letters}
	case events.BookWithdrawn{}.EventType():
		d, _ := events.Decode[events.BookWithdrawn](e)
		return []any{oneLine(d.Origin.ID), oneLine(d.Reason)}
	case events.BookRestored{}.EventType():
		d, _ := events.Decode[events.BookRestored](e)
		return []any{oneLine(d.Origin.ID), oneLine(d.Reason)}
	case events.BookRefused{}.EventType():
		d, _ := events.Decode[events.BookRefused](e)
		return []any{d.Stage, d.Code, oneLine(d.Reason)}
	}
	return batchDetails(e)
}

func batchDetails(e events.Event) []any {
	switch e.Type() {
	case events.BatchUploaded{}.EventType():
		d, _ := events.Decode[events.BatchUploaded](e)
		return []any{d.Source, oneLine(d.Name)}
	case events.BatchPlanned{}.EventType():
		d, _ := events.Decode[events.BatchPlanned](e)
		return rowDetails(d.Counts)
	case events.BatchApproved{}.EventType():
		d, _ := events.Decode[events.BatchApproved](e)
		return []any{oneLine(d.By)}
	case events.BatchRowsRequested{}.EventType():
		d, _ := events.Decode[events.BatchRowsRequested](e)
		return []any{d.First, d.Last}
	case events.BatchCompleted{}.EventType():
		d, _ := events.Decode[events.BatchCompleted](e)
		return rowDetails(d.Counts)
	case events.BatchRefused{}.EventType():
		d, _ := events.Decode[events.BatchRefused](e)
		return []any{d.Stage, d.Source, d.Code, oneLine(d.Reason)}
	}
	return nil
}

func rowDetails(c events.RowCount) []any {
	return []any{c.Rows, c.Catalogue, c.Withdraw, c.Restore, c.Refused}
}
