// A department's feed: each case once, answered where a program can, committed after the work.
//
// At least once, so that nothing is lost: a program that is killed between its work and its commit gets the case
// again. Hence the ids in a file. With a database of your own, keep them there, in the transaction of your work.
package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

var (
	department = variable("DEPARTMENT", "")
	prefix     = variable("TOPIC_PREFIX", "ouvidor.")
	seenPath   = "seen-" + department + ".txt"
)

// A Case has what this program needs of docs/schemas/dispatched.json; what is not named here is ignored.
type Case struct {
	Message struct {
		Protocol string
		Text     string
	}
	Verdict struct {
		Kind     string
		Severity string
	}
	Dispatch struct {
		Owner    string
		Deadline time.Time
	}
}

// What is to be done with a case. Put your own work here; give what the customer is told, or nothing.
func work(found Case) string {
	ours, told := found.Dispatch.Owner == department, "" // else we are informed, or of the team
	if !ours {
		told = " (informed)"
	}
	fmt.Printf("%s %s %s until %s%s: %s\n", found.Message.Protocol, found.Verdict.Severity, found.Verdict.Kind,
		found.Dispatch.Deadline.Format(time.RFC3339), told, strings.Join(strings.Fields(found.Message.Text), " "))
	if ours && found.Verdict.Kind == "compliment" {
		return "Obrigado pelo elogio!"
	}
	return ""
}

func main() {
	stop, done := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer done()
	if err := run(stop); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stderr, "stopped")
}

func run(stop context.Context) error {
	seen, err := readSeen()
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(append(connection(),
		kgo.ConsumerGroup(variable("KAFKA_GROUP", prefix+"department."+department)),
		kgo.ConsumeTopics(prefix+"department."+department, prefix+"refused."+department),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), // else you see what was never sent
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(), // a partition is not taken away in the middle of a case
	)...)
	if err != nil {
		return err
	}
	defer client.CloseAllowingRebalance()
	soon, done := context.WithTimeout(stop, 10*time.Second)
	defer done()
	if err := client.Ping(soon); err != nil { // a wrong password would be tried again for ever
		return err
	}
	for {
		fetched := client.PollRecords(stop, 50)
		if stop.Err() != nil {
			return nil
		}
		for _, failed := range fetched.Errors() {
			return failed.Err
		}
		for _, record := range fetched.Records() {
			if err := handle(client, record, seen); err != nil {
				return err
			}
			if err := client.CommitRecords(context.Background(), record); err != nil { // after the work, never before
				return err
			}
			if stop.Err() != nil {
				return nil
			}
		}
		client.AllowRebalance()
	}
}

func handle(client *kgo.Client, record *kgo.Record, seen map[string]bool) error {
	place := fmt.Sprintf("%s-%d at %d", record.Topic, record.Partition, record.Offset)
	headers := map[string]string{}
	for _, each := range record.Headers {
		headers[each.Key] = string(each.Value)
	}
	id, event := headers["ce_id"], headers["ce_type"]
	if id == "" || headers["ce_specversion"] != "1.0" || !json.Valid(record.Value) {
		fmt.Fprintln(os.Stderr, "unreadable:", place) // the topic keeps it for a year: tell a person where, and go on
		return nil
	}
	if seen[id] {
		return nil
	}
	switch event {
	case "ouvidor.message.dispatched.v1":
		var found Case
		if err := json.Unmarshal(record.Value, &found); err != nil {
			fmt.Fprintln(os.Stderr, "unreadable:", place)
			return nil
		}
		if text := work(found); text != "" {
			if err := answer(client, id, found.Message.Protocol, text); err != nil {
				return err
			}
		}
	case "ouvidor.reply.refused.v1":
		fmt.Fprintf(os.Stderr, "refused: %s\n", record.Value)
	default:
		fmt.Fprintf(os.Stderr, "unknown type %s: %s\n", event, place)
	}
	seen[id] = true
	return remember(id)
}

// The same case gives the same id, so that an answer that is sent again counts once.
func answer(client *kgo.Client, event, protocol, text string) error {
	id, at := uuidOf(event+" answer"), time.Now().UTC().Format(time.RFC3339)
	value, err := json.Marshal(map[string]string{
		"id": id, "protocol": protocol, "department": department, "by": "resposta-automatica", "at": at, "text": text,
	})
	if err != nil {
		return err
	}
	record := &kgo.Record{Topic: prefix + "replies", Key: []byte(protocol), Value: value}
	for _, header := range [][2]string{
		{"ce_specversion", "1.0"},
		{"ce_id", id},
		{"ce_type", "ouvidor.reply.answer.v1"},
		{"ce_source", "/departments/" + department},
		{"ce_subject", protocol},
		{"ce_time", at},
		{"content-type", "application/json"},
	} {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: header[0], Value: []byte(header[1])})
	}
	return client.ProduceSync(context.Background(), record).FirstErr()
}

func readSeen() (map[string]bool, error) {
	seen := map[string]bool{}
	text, err := os.ReadFile(seenPath)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, id := range strings.Fields(string(text)) {
		seen[id] = true
	}
	return seen, nil
}

func remember(id string) error {
	file, err := os.OpenFile(seenPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY|os.O_SYNC, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(id + "\n")
	return err
}

func uuidOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

func connection() []kgo.Opt {
	options := []kgo.Opt{kgo.SeedBrokers(strings.Split(variable("KAFKA_SERVERS", "127.0.0.1:9092"), ",")...)}
	user := os.Getenv("KAFKA_USERNAME")
	if user == "" {
		return options
	}
	login := scram.Auth{User: user, Pass: variable("KAFKA_PASSWORD", "")}
	options = append(options, kgo.SASL(login.AsSha512Mechanism()))
	if variable("KAFKA_SECURITY", "SASL_SSL") == "SASL_SSL" {
		options = append(options, kgo.DialTLSConfig(&tls.Config{RootCAs: trusted(), MinVersion: tls.VersionTLS12}))
	}
	return options
}

func trusted() *x509.CertPool {
	path := os.Getenv("KAFKA_CA_FILE")
	if path == "" {
		return nil // those of the system
	}
	text, err := os.ReadFile(path)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(text) {
		fmt.Fprintln(os.Stderr, "KAFKA_CA_FILE: no certificates in PEM there:", path)
		os.Exit(78)
	}
	return pool
}

func variable(name, otherwise string) string {
	if found := os.Getenv(name); found != "" {
		return found
	}
	if otherwise == "" {
		fmt.Fprintln(os.Stderr, name+": set it, as in README.md")
		os.Exit(78)
	}
	return otherwise
}
