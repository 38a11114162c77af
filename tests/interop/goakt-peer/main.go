// A node of the real GoAkt in a process of its own, driven by lines; see README.md.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tochemey/goakt/v4/actor"
	"github.com/tochemey/goakt/v4/log"
	"github.com/tochemey/goakt/v4/remote"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const patience = 30 * time.Second

var output sync.Mutex

// One event, one line.
func say(event string, fields ...string) {
	line := map[string]string{"event": event}
	for i := 0; i+1 < len(fields); i += 2 {
		line[fields[i]] = fields[i+1]
	}
	text, _ := json.Marshal(line)
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(text))
}

// Echo answers what it is asked, says what it is told, and fails at "fail".
type Echo struct{}

func (*Echo) PreStart(*actor.Context) error { return nil }
func (*Echo) PostStop(*actor.Context) error { return nil }

func (*Echo) Receive(ctx *actor.ReceiveContext) {
	switch message := ctx.Message().(type) {
	case *actor.PostStart:
	case *wrapperspb.StringValue:
		if message.GetValue() == "fail" {
			ctx.Err(errors.New("as told"))
			return
		}
		sender := ""
		if from := ctx.Sender(); from != nil && !from.Equals(ctx.ActorSystem().NoSender()) {
			sender = from.ID()
		}
		say("received", "actor", ctx.Self().Name(), "text", message.GetValue(), "sender", sender)
		ctx.Response(wrapperspb.String("re:" + message.GetValue()))
	default:
		ctx.Unhandled()
	}
}

// Watcher watches whom it is told of, and says who has ended.
type Watcher struct{}

func (*Watcher) PreStart(*actor.Context) error { return nil }
func (*Watcher) PostStop(*actor.Context) error { return nil }

func (*Watcher) Receive(ctx *actor.ReceiveContext) {
	if ended, ok := ctx.Message().(*actor.Terminated); ok {
		say("terminated", "path", ended.ActorPath().String())
	}
}

type node struct {
	system  actor.ActorSystem
	echo    *actor.PID
	watcher *actor.PID
}

// A command: its words are the other node's host and port, an actor's name there, and perhaps a text.
func (n *node) do(ctx context.Context, command, host string, port int, name, text string) error {
	if command == "spawn" {
		pid, err := n.system.Spawn(ctx, name, &Echo{}, actor.WithHostAndPort(host, port), actor.WithLongLived())
		if err == nil {
			say("spawned", "address", pid.ID())
		}
		return err
	}
	far, err := n.echo.RemoteLookup(ctx, host, port, name)
	if command == "lookup" {
		address := ""
		if err == nil {
			address = far.ID()
		}
		say("found", "address", address)
		return nil
	}
	if err != nil {
		return err
	}
	switch command {
	case "tell":
		return n.echo.Tell(ctx, far, wrapperspb.String(text))
	case "ask":
		answer, err := n.echo.Ask(ctx, far, wrapperspb.String(text), patience)
		if err != nil {
			return err
		}
		reply, ok := answer.(*wrapperspb.StringValue)
		if !ok {
			return fmt.Errorf("the answer is a %T", answer)
		}
		say("answer", "text", reply.GetValue())
		return nil
	case "watch":
		n.watcher.Watch(far)
		return nil
	case "stop":
		return n.echo.RemoteStop(ctx, host, port, name)
	case "restart":
		_, err := n.echo.RemoteReSpawn(ctx, host, port, name)
		return err
	case "reinstate":
		return far.Reinstate(far)
	}
	return fmt.Errorf("no command %q", command)
}

func (n *node) serve() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		words := strings.SplitN(lines.Text(), " ", 5)
		if words[0] == "quit" {
			return
		}
		if len(words) < 4 {
			say("error", "cmd", words[0], "error", "COMMAND HOST PORT NAME [TEXT]")
			continue
		}
		port, _ := strconv.Atoi(words[2])
		text := ""
		if len(words) > 4 {
			text = words[4]
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		if err := n.do(ctx, words[0], words[1], port, words[3], text); err != nil {
			say("error", "cmd", words[0], "error", err.Error())
		} else {
			say("done", "cmd", words[0])
		}
		cancel()
	}
}

// GoAkt tells others the port that was configured, so it must be known before.
func freePort() (int, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func start(name, compression string, port int) (*node, error) {
	kinds := map[string]remote.Compression{
		"none": remote.NoCompression, "gzip": remote.GzipCompression,
		"zstd": remote.ZstdCompression, "brotli": remote.BrotliCompression,
	}
	kind, ok := kinds[compression]
	if !ok {
		return nil, fmt.Errorf("-compression %s: none, gzip, zstd or brotli", compression)
	}
	if port == 0 {
		free, err := freePort()
		if err != nil {
			return nil, err
		}
		port = free
	}
	system, err := actor.NewActorSystem(name, actor.WithLogger(log.DiscardLogger),
		actor.WithRemote(remote.NewConfig("127.0.0.1", port, remote.WithCompression(kind))))
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	if err := system.Start(ctx); err != nil {
		return nil, err
	}
	n := &node{system: system}
	if err := system.Register(ctx, &Echo{}); err != nil {
		return nil, err
	}
	if n.echo, err = system.Spawn(ctx, "echo", &Echo{}, actor.WithLongLived()); err != nil {
		return nil, err
	}
	n.watcher, err = system.Spawn(ctx, "watcher", &Watcher{}, actor.WithLongLived())
	return n, err
}

func main() {
	name := flag.String("name", "goakt", "of the actor system")
	port := flag.Int("port", 0, "of remoting on 127.0.0.1; 0: any")
	compression := flag.String("compression", "none", "none, gzip, zstd or brotli")
	flag.Parse()
	n, err := start(*name, *compression, *port)
	if err != nil {
		say("fatal", "error", err.Error())
		os.Exit(1)
	}
	say("started", "host", n.system.Host(), "port", strconv.Itoa(n.system.Port()), "kind", n.echo.Kind())
	n.serve()
}
