package countersign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	feedPath = "/api/v1/verifier/keys"
	// feedMargin is what an answer may take beyond the time that it was asked to wait.
	feedMargin = 10 * time.Second
	// feedBytesMax bounds what a broken server can make us hold.
	feedBytesMax = 16 << 20
	// graceMax is beyond what any gateway is set to.
	graceMax = 366 * 24 * 3600
)

// ErrFeedUnauthorized: the token is wrong or was revoked. The last good keys serve
// all the same.
var ErrFeedUnauthorized = errors.New("the key feed does not accept the token")

type feedQuestion struct {
	url string
	// token is a function so that it is never printed.
	token  func() string
	client http.Client
}

// feedAnswer is a good one.
type feedAnswer struct {
	unchanged bool
	etag      string
	revision  int64
	grace     time.Duration
	keys      []*checkedKey
	// skipped are the entries that were passed over.
	skipped []*SkippedKeyError
}

func newFeedQuestion(address *url.URL, config FeedConfig) *feedQuestion {
	token := string(config.Token)
	question := &feedQuestion{url: address.String() + feedPath, token: func() string { return token }}
	if config.HTTPClient != nil {
		question.client = *config.HTTPClient
	}
	// The token is for this address only.
	question.client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	return question
}

// send asks once. With an ETag the answer comes when the keys are others, at the
// latest after `wait`.
func (q *feedQuestion) send(ctx context.Context, etag string, wait time.Duration) (*feedAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, wait+feedMargin)
	defer cancel()
	seconds := strconv.Itoa(int(wait / time.Second))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, q.url+"?wait="+seconds, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+q.token())
	request.Header.Set("Accept", "application/json")
	if etag != "" {
		request.Header.Set("If-None-Match", etag)
	}
	response, err := q.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("the key feed did not answer: %w", err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusOK:
		return readFeedAnswer(response)
	case response.StatusCode == http.StatusNotModified && etag != "":
		return &feedAnswer{unchanged: true}, nil
	case response.StatusCode == http.StatusUnauthorized:
		return nil, ErrFeedUnauthorized
	}
	return nil, fmt.Errorf("the key feed answered with status %d", response.StatusCode)
}

func readFeedAnswer(response *http.Response) (*feedAnswer, error) {
	text, err := io.ReadAll(io.LimitReader(response.Body, feedBytesMax+1))
	if err != nil {
		return nil, fmt.Errorf("the key feed did not answer: %w", err)
	}
	if len(text) > feedBytesMax {
		return nil, errors.New("the key feed's answer is too long")
	}
	answer, err := readFeedDocument(text)
	if err != nil {
		return nil, err
	}
	answer.etag = strings.TrimSpace(response.Header.Get("ETag"))
	return answer, nil
}
