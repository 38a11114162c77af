// Command memberlist-peer is one member of the real hashicorp/memberlist, for tests that mix it with
// ours: commands on its input, one JSON object per event on its output. README.md lists both.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/memberlist"
)

type obj = map[string]any

var outMu sync.Mutex

func emit(event string, o obj) {
	o["event"], o["t_ms"] = event, time.Now().UnixMilli()
	line, _ := json.Marshal(o)
	outMu.Lock()
	defer outMu.Unlock()
	fmt.Println(string(line))
}

func check(what string, err error) {
	if err != nil {
		emit("fatal", obj{"what": what, "error": err.Error()})
		os.Exit(1)
	}
}

// blob decodes "hex:0011" to raw bytes; anything else is taken as text.
func blob(s string) ([]byte, error) {
	if h, ok := strings.CutPrefix(s, "hex:"); ok {
		return hex.DecodeString(h)
	}
	return []byte(s), nil
}

func describe(n *memberlist.Node) obj {
	return obj{"name": n.Name, "addr": n.Addr.String(), "addr_len": len(n.Addr), "port": n.Port,
		"meta": string(n.Meta), "meta_hex": hex.EncodeToString(n.Meta),
		"vsn": []int{int(n.PMin), int(n.PMax), int(n.PCur), int(n.DMin), int(n.DMax), int(n.DCur)}}
}

func data(b []byte) obj { return obj{"data": string(b), "data_hex": hex.EncodeToString(b)} }

// peer is the delegate, the event sink and the conflict sink.
type peer struct {
	mu          sync.Mutex
	meta, state []byte
}

func (p *peer) NodeMeta(int) []byte               { p.mu.Lock(); defer p.mu.Unlock(); return p.meta }
func (p *peer) LocalState(bool) []byte            { return p.state }
func (p *peer) GetBroadcasts(int, int) [][]byte   { return nil }
func (p *peer) NotifyMsg(b []byte)                { emit("msg", data(b)) }
func (p *peer) MergeRemoteState(b []byte, _ bool) { emit("state", data(b)) }
func (p *peer) NotifyJoin(n *memberlist.Node)     { emit("join", obj{"node": describe(n)}) }
func (p *peer) NotifyLeave(n *memberlist.Node)    { emit("leave", obj{"node": describe(n)}) }
func (p *peer) NotifyUpdate(n *memberlist.Node)   { emit("update", obj{"node": describe(n)}) }
func (p *peer) NotifyConflict(old, other *memberlist.Node) {
	emit("conflict", obj{"node": describe(old), "other": describe(other)})
}

// counted is a stream whose bytes are counted as they are written.
type counted struct {
	net.Conn
	bytes *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.bytes.Add(int64(n))
	return n, err
}

// faulty wraps the stock UDP+TCP transport, counts what is sent and loses traffic on request.
type faulty struct {
	*memberlist.NetTransport
	sentPackets, packetBytes, streamBytes atomic.Int64

	mu      sync.Mutex
	blocked map[string]bool // a peer's host:port, "udp", "tcp" or "all"
	packets <-chan *memberlist.Packet
	streams <-chan net.Conn
}

// sieve forwards the values that keep accepts, as it returns them.
func sieve[T any](in <-chan T, keep func(T) (T, bool)) <-chan T {
	out := make(chan T)
	go func() {
		for v := range in {
			if v, ok := keep(v); ok {
				out <- v
			}
		}
	}()
	return out
}

func (f *faulty) lost(keys ...string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.blocked["all"] || slices.ContainsFunc(keys, func(k string) bool { return f.blocked[k] })
}
func (f *faulty) set(key string, on bool)             { f.mu.Lock(); f.blocked[key] = on; f.mu.Unlock() }
func (f *faulty) PacketCh() <-chan *memberlist.Packet { return f.packets }
func (f *faulty) StreamCh() <-chan net.Conn           { return f.streams }
func (f *faulty) WriteToAddress(b []byte, a memberlist.Address) (time.Time, error) {
	if f.lost(a.Addr, "udp") {
		return time.Now(), nil
	}
	f.sentPackets.Add(1)
	f.packetBytes.Add(int64(len(b)))
	return f.NetTransport.WriteToAddress(b, a)
}
func (f *faulty) DialAddressTimeout(a memberlist.Address, d time.Duration) (net.Conn, error) {
	if f.lost(a.Addr, "tcp") {
		return nil, errors.New("blocked by test")
	}
	c, err := f.NetTransport.DialAddressTimeout(a, d)
	if err != nil {
		return nil, err
	}
	return counted{c, &f.streamBytes}, nil
}

// run executes one stdin command.
func run(list *memberlist.Memberlist, ring *memberlist.Keyring, p *peer, tr *faulty, cmd, rest string) error {
	arg, tail, _ := strings.Cut(rest, " ")
	switch cmd {
	case "members":
		out := []obj{}
		for _, n := range list.Members() {
			out = append(out, describe(n))
		}
		emit("members", obj{"count": len(out), "members": out, "health": list.GetHealthScore()})
	case "traffic":
		emit("traffic", obj{"packets": tr.sentPackets.Load(), "packet_bytes": tr.packetBytes.Load(),
			"stream_bytes": tr.streamBytes.Load()})
	case "join":
		n, err := list.Join(strings.Split(rest, ","))
		emit("joined", obj{"contacted": n, "ok": err == nil})
		return err
	case "leave":
		return list.Leave(5 * time.Second)
	case "update":
		b, err := blob(rest)
		if err != nil || len(b) > memberlist.MetaMaxSize {
			return fmt.Errorf("bad metadata (%d bytes): %v", len(b), err)
		}
		p.mu.Lock()
		p.meta = b
		p.mu.Unlock()
		return list.UpdateNode(5 * time.Second)
	case "send", "sendudp":
		b, err := blob(tail)
		for _, n := range list.Members() {
			if n.Name == arg && err == nil {
				if cmd == "send" {
					return list.SendReliable(n, b)
				}
				return list.SendBestEffort(n, b)
			}
		}
		return fmt.Errorf("no live member %q, or bad data", arg)
	case "key":
		k, err := hex.DecodeString(tail)
		op := map[string]func([]byte) error{"add": ring.AddKey, "use": ring.UseKey, "remove": ring.RemoveKey}[arg]
		if err != nil || ring == nil || op == nil {
			return errors.New("need -encrypt-key and: key add|use|remove HEX")
		}
		return op(k)
	case "block", "unblock":
		tr.set(rest, cmd == "block")
	default:
		return errors.New("unknown command")
	}
	return nil
}

func main() {
	name := flag.String("name", "node", "node name, unique in the cluster")
	bind := flag.String("bind", "127.0.0.1", "bind and advertise address")
	port := flag.Int("port", 7946, "UDP and TCP port, 0 picks one")
	peers := flag.String("join", "", "comma separated host:port list")
	meta := flag.String("meta", "", "node metadata, text or hex:...")
	state := flag.String("state", "", "user state sent in push/pull, text or hex:...")
	keys := flag.String("encrypt-key", "", "comma separated hex keys, the first is primary")
	label := flag.String("label", "", "packet and stream label")
	profile := flag.String("profile", "lan", "lan, local or wan")
	proto := flag.Uint("protocol", 2, "protocol version to speak, 1 to 5")
	compress := flag.Bool("compress", true, "compress outgoing messages")
	verifyIn := flag.Bool("verify-incoming", true, "refuse plaintext when keys are set")
	verifyOut := flag.Bool("verify-outgoing", true, "encrypt outgoing when keys are set")
	tcpTimeout := flag.Duration("tcp-timeout", 0, "for a stream, instead of the profile's")
	verbose := flag.Bool("v", false, "library log on stderr")
	flag.Parse()

	mk, ok := map[string]func() *memberlist.Config{"lan": memberlist.DefaultLANConfig,
		"local": memberlist.DefaultLocalConfig, "wan": memberlist.DefaultWANConfig}[*profile]
	if !ok {
		check("profile", errors.New("unknown profile"))
	}
	logger := log.New(io.Discard, "", log.Lmicroseconds)
	if *verbose {
		logger.SetOutput(os.Stderr)
	}
	nt, err := memberlist.NewNetTransport(&memberlist.NetTransportConfig{
		BindAddrs: []string{*bind}, BindPort: *port, Logger: logger})
	check("listen", err)
	tr, p, cfg := &faulty{NetTransport: nt, blocked: map[string]bool{}}, &peer{}, mk()
	tr.packets = sieve(nt.PacketCh(), func(k *memberlist.Packet) (*memberlist.Packet, bool) {
		return k, !tr.lost(k.From.String(), "udp")
	})
	tr.streams = sieve(nt.StreamCh(), func(c net.Conn) (net.Conn, bool) {
		if tr.lost("tcp") {
			_ = c.Close()
			return nil, false
		}
		return counted{c, &tr.streamBytes}, true
	})
	p.meta, err = blob(*meta)
	check("meta", err)
	p.state, err = blob(*state)
	check("state", err)
	cfg.BindAddr, cfg.BindPort = *bind, nt.GetAutoBindPort()
	cfg.AdvertiseAddr, cfg.AdvertisePort = *bind, cfg.BindPort
	cfg.Name, cfg.Transport, cfg.Logger, cfg.Label = *name, tr, logger, *label
	cfg.Delegate, cfg.Events, cfg.Conflict = p, p, p
	if *tcpTimeout > 0 {
		cfg.TCPTimeout = *tcpTimeout
	}
	cfg.ProtocolVersion, cfg.EnableCompression = uint8(*proto), *compress
	cfg.GossipVerifyIncoming, cfg.GossipVerifyOutgoing = *verifyIn, *verifyOut
	if *keys != "" {
		var ring [][]byte
		for _, h := range strings.Split(*keys, ",") {
			k, err := hex.DecodeString(h)
			check("encrypt-key", err)
			ring = append(ring, k)
		}
		cfg.Keyring, err = memberlist.NewKeyring(ring, ring[0])
		check("encrypt-key", err)
	}
	list, err := memberlist.Create(cfg)
	check("create", err)
	emit("started", obj{"name": cfg.Name, "addr": *bind, "port": cfg.BindPort, "pid": os.Getpid()})
	exec := func(line string) {
		cmd, rest, _ := strings.Cut(line, " ")
		if err := run(list, cfg.Keyring, p, tr, cmd, rest); err != nil {
			emit("error", obj{"what": cmd, "error": err.Error()})
		} else {
			emit("done", obj{"cmd": cmd})
		}
	}
	if *peers != "" {
		exec("join " + *peers)
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() && in.Text() != "quit" {
		exec(strings.TrimSpace(in.Text()))
	}
	_ = list.Shutdown()
}
