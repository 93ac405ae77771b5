package settings

import (
	"errors"
	"regexp"
	"strconv"
	"sync"

	"github.com/ftpsh/ftpsh/client"
	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/shell/failure"
)

// autoRetries stands for auto.
const autoRetries = -1

// DefaultRetryOn are the failures that pass with time.
const DefaultRetryOn = "connect lost timeout full 421 425 426 450 451"

// RetryKinds are the words of retry-on.
var RetryKinds = []struct {
	Word string
	Is   func(error) bool
}{
	{"connect", failure.AnyOf[*client.ConnectError, *client.NoDataError]},
	{"lost", func(err error) bool {
		return failure.AnyOf[*client.LostError, *client.IncompleteError](err) || errors.As(err, new(*transfer.VerifyError))
	}},
	{"timeout", failure.Is[*client.TimeoutError]},
	{"full", func(err error) bool {
		no := client.Refusal(err)
		return no != nil && no.Reply.Code == 530 && tooMany().MatchString(err.Error())
	}},
}

// tooMany is what servers say when they take no more users.
var tooMany = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)too many|limit|maximum`) })

// retryWords are the words of RetryKinds.
func retryWords() (words []string) {
	for _, row := range RetryKinds {
		words = append(words, row.Word)
	}
	return words
}

func isReplyCode(word string) bool {
	n, err := strconv.Atoi(word)
	return err == nil && n >= 400 && n < 600
}
