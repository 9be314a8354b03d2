package quality

// Rising gives turns that nobody put into a topic to the topic before them.
func Rising(topic []int) []int {
	for i := 1; i < len(topic); i++ {
		topic[i] = max(topic[i], topic[i-1])
	}
	return topic
}

// Pk is the share of pairs of turns, half a topic apart, that one side puts
// into one topic and the other into two (Beeferman, Berger and Lafferty, 1999).
// Topics are numbered from 0 in their order; less is better.
func Pk(truth, got []int) float64 {
	if len(truth) == 0 {
		return 0
	}
	apart := max(1, len(truth)/(truth[len(truth)-1]+1)/2)
	wrong := 0
	for i := 0; i+apart < len(truth); i++ {
		if (truth[i] == truth[i+apart]) != (got[i] == got[i+apart]) {
			wrong++
		}
	}
	return float64(wrong) / float64(max(len(truth)-apart, 1))
}
