// Package evidence is what a run of the fault harness leaves behind: what the
// senders were promised, and every row and object that can prove it.
//
//	in   the database and the store, once nothing is on its way any more
//	out  plain values, which package judge holds against the rules
//
// Whatever cannot be read is an error. Evidence that is missing must never look
// like a rule that is kept.
package evidence

// Evidence is everything that the rules look at.
type Evidence struct {
	Promises

	Events     []Event
	Deliveries []Delivery
	Ledgers    map[string][]Entry  // by function
	Effects    map[string][]Effect // by function, where it keeps a tally

	Minutes   []Minutes
	Stories   []Story
	Summaries []Summary

	Uploads map[string]string // transcribe's: the recording of each upload
	Deleted map[string]bool   // recordings that transcribe or summarise knows as deleted
	Jobs    []Job
	Chunks  []Chunk
	Notes   []Note

	Objects map[string]map[string]Object // by bucket and key
}

// Promises is what the senders know.
type Promises struct {
	Receipts []Receipt       // events that were answered 202
	Puts     []Put           // uploads that were answered 200
	Tried    map[string]bool // keys that somebody tried to upload
	Endings  []Ending
	Poison   []Poison
	Given    string // prefix of the objects in artifacts that the senders put there
}

// Receipt is an event that the broker has accepted.
type Receipt struct{ Source, ID, Type string }

// Put is an upload that the store has accepted.
type Put struct {
	Key, ETag string
	Size      int64
}

// Ending is how the minutes of a recording must end.
type Ending struct {
	Recording, State, Code string
	Ended, Chunks          int // not looked at where Chunks is 0
}

// Poison is an event that must end as a dead letter of a Trigger. Where the
// event is a notice of the store, only the object's key is known.
type Poison struct {
	Source, ID, Key string
	Trigger, Code   string
	Tried           bool // the run was over before anybody knew whether it was accepted
	Half            bool // the same id with other data: one of the two is done, whichever came first
}

// Event is one event as the broker accepted it.
type Event struct {
	Seq                              int64
	Source, ID, Type, Subject, Cause string
	Time                             string
	Content                          string // hash of all attributes and the data
	Size                             int    // of the data, in bytes
	Trace                            string
	About                            About
}

// About is what the data of our events says.
type About struct {
	Recording, Upload   string
	Revision            int
	Index               *int
	Transcript, Summary struct{ Key string }
}

// Delivery is an event's way to one Trigger.
type Delivery struct {
	Seq      int64
	Trigger  string
	State    int // 1 ready, 2 running, 3 done, 4 dead, 5 waiting for its turn
	Code     int
	Reason   string
	Failures int // attempts on record
	Redrives int // with who and why
}

// The states of a delivery that has ended.
const (
	Done = 3
	Dead = 4
)

// Entry is an event in a function's ledger.
type Entry struct {
	Source, ID string
	State      int // 1 open, 2 done, 3 refused
	Refusals   int
	Reason     string
	Sent       []Sent
}

// The states of an entry that has ended.
const (
	EntryDone    = 2
	EntryRefused = 3
)

// Sent is an event as the ledger recorded it.
type Sent struct {
	Source, ID, Type string
	About            About `json:"data"`
}

// Effect is how often the rows of an event were committed, as a function tells
// that keeps a tally: a table effect (source, id) in its schema without a key,
// and one row more with each outcome, in the outcome's own transaction. The
// functions' real rows are the same however often they are written, so without
// a tally a second effect leaves no trace. In production there is none.
type Effect struct {
	Source, ID string
	Times      int
}

// Minutes is a row of the function minutes.
type Minutes struct {
	ID, State, Code string
	Ended, Chunks   int
}

// Story is what minutes knows of an upload.
type Story struct {
	Recording, Upload   string
	Arrival, Transcript *Object
}

// Summary is a summary by machine in minutes.
type Summary struct {
	Recording, Upload, ID string
	Revision              int
}

// Job is an upload that transcribe has cut.
type Job struct {
	Upload                  string
	Chunks, Ended, Revision int
}

// Chunk is a part of a job.
type Chunk struct {
	Upload string
	Index  int
	State  string
	Audio  Object
}

// Note is a summary that summarise has written, or was about to.
type Note struct{ Bucket, Key, Recording, Upload string }

// Object names a stored object.
type Object struct {
	Bucket, Key, ETag string
	Size              int64
}
