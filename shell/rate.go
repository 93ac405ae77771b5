package shell

import (
	"context"
	"sync/atomic"

	"golang.org/x/time/rate"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
	"github.com/ftpsh/ftpsh/shell/settings"
)

var rateCommands = []*Command{{
	Name: "rate", Values: [][]string{{"all", "get", "put"}, {"100k", "1m", "10m", "0"}, {"1k", "10k"}}, Aliases: []string{"throttle"}, Args: "[all|get|put [bytes [step]]]", Short: "limit how fast files are moved",
	Long: "The number is bytes in a second; k, m and g multiply, 0 takes the limit away. Alone it shows the limits. " +
		"All that is moved at a time shares them: sessions, parts of a file, jobs. " +
		"The step is by how much the signals SIGUSR1 and SIGUSR2 raise and lower them, also while a file is moved.",
	Examples: []Example{{"rate get 100k", "leave the line some room"}, {"rate all 0", "as fast as it goes"}},
	Max:      3, Complete: []completion.Kind{completion.Text}, JSON: true, Foreign: Refused, Run: setRate,
}}

// limit is the speed limit of one direction. It lasts, so that it can change
// while a file is moved.
type limit struct {
	*rate.Limiter
	step atomic.Int64 // by how much a signal changes it
}

// limits are those of the two directions.
type limits struct{ get, put limit }

// usualStep is by how much a signal changes a limit unless told otherwise.
const usualStep = 1024

func newLimits() *limits {
	l := &limits{}
	for _, one := range []*limit{&l.get, &l.put} {
		one.Limiter = rate.NewLimiter(rate.Inf, transfer.LimitBurst)
		one.step.Store(usualStep)
	}
	return l
}

func setRate(_ context.Context, c *Call) error {
	rows, known := map[string][]string{
		"": {"rate-get", "rate-put"}, "all": {"rate-get", "rate-put"},
		"get": {"rate-get"}, "put": {"rate-put"},
	}[c.Arg(0)]
	if !known {
		return c.Usage("%s is not one of all, get, put", c.Arg(0))
	}
	step := int64(usualStep)
	if len(c.Args) == 3 {
		var err error
		if step, err = settings.ParseBytes(c.Arg(2)); err != nil {
			return c.Usage("%s", err)
		}
	}
	for _, name := range rows {
		row, err := settings.Find(name)
		if err != nil {
			return err
		}
		if len(c.Args) < 2 {
			err = c.setting(row, name[len("rate-"):]+" ")
		} else if err = c.changed(row, c.Arg(1)); err == nil {
			c.Shell.limitFor(name == "rate-get").step.Store(step)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *connections) limitFor(download bool) *limit {
	if download {
		return &c.limits.get
	}
	return &c.limits.put
}

// useRates makes the limits what the settings say.
func useRates(sh *Shell) {
	sh.limits.get.SetLimit(perSecond(sh.Settings.RateGet))
	sh.limits.put.SetLimit(perSecond(sh.Settings.RatePut))
}

func perSecond(bytes int64) rate.Limit {
	if bytes == 0 {
		return rate.Inf
	}
	return rate.Limit(bytes)
}

// limiter is the limit for a transfer; nil where there is none.
func (c *connections) limiter(op transfer.Op) *rate.Limiter {
	l := c.limitFor(op == transfer.Download)
	if l.Limit() == rate.Inf {
		return nil
	}
	return l.Limiter
}

// stepped raises the limits (way 1) or lowers them (way -1) by their steps. It
// may be called while files are moved.
func (l *limits) stepped(way int64) {
	for _, one := range []*limit{&l.get, &l.put} {
		if one.Limit() != rate.Inf {
			step := float64(one.step.Load())
			one.SetLimit(rate.Limit(max(float64(one.Limit())+float64(way)*step, step)))
		}
	}
}
