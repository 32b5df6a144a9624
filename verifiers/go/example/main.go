// Example is a backend that answers only what came through the gateway.
//
//	go run ./example -listen 127.0.0.1:9000 -keys keys.json
//	COUNTERSIGN_TOKEN=... go run ./example -listen 127.0.0.1:9000 -feed http://127.0.0.1:8001
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	countersign "countersign-verifier"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9000", "address to listen on")
	file := flag.String("keys", "", "file of keys")
	address := flag.String("feed", "", "management address of the gateway; the token is in COUNTERSIGN_TOKEN")
	observe := flag.Bool("observe", false, "refuse nothing")
	flag.Parse()
	if err := run(*listen, *file, *address, *observe); err != nil {
		log.Fatal(err)
	}
}

func run(listen, file, address string, observe bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	var keys countersign.KeySource
	switch {
	case file != "" && address == "":
		opened, err := countersign.OpenKeyFile(file)
		if err != nil {
			return err
		}
		keys = opened
	case file == "" && address != "":
		feed, err := countersign.StartFeed(countersign.FeedConfig{
			Address: address,
			Token:   countersign.Secret(os.Getenv("COUNTERSIGN_TOKEN")),
		})
		if err != nil {
			return err
		}
		defer feed.Close()
		if err := feed.Ready(ctx); err != nil {
			return err
		}
		keys = feed
	default:
		return errors.New("one of -keys and -feed, please")
	}

	verifier, err := countersign.New(countersign.Config{Keys: keys, Observe: observe})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", hello)
	server := &http.Server{
		// Around the mux, which answers some requests itself.
		Handler:           verifier.Middleware(mux),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	log.Print("listening on ", listener.Addr())
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func hello(w http.ResponseWriter, r *http.Request) {
	if verified, ok := countersign.FromContext(r.Context()); ok {
		fmt.Fprintf(w, "signed with %s, version %d of %s\n", verified.SignKey, verified.KeyVersion, verified.KeyName)
		return
	}
	// In observe mode only.
	fmt.Fprintf(w, "would be refused: %s\n", countersign.RefusalFromContext(r.Context()).Name)
}
