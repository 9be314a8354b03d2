// Package knative lets Knative's own code judge what we hand to Knative.
//
//	in   every functions/<word>/knative.yaml, the Broker, a table of filters, a
//	     function behind its real edge
//	out  the verdict of Knative's admission webhook, of its filters, of its
//	     dispatcher
//
// The module stands apart because Knative brings half of Kubernetes with it;
// its first build takes minutes. Nothing here runs in production.
package knative
