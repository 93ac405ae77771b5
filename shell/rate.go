package shell

import (
	"context"

	"golang.org/x/time/rate"

	"github.com/ftpsh/ftpsh/client/transfer"
	"github.com/ftpsh/ftpsh/completion"
)

var rateCommands = []*Command{{
	Name: "rate", Aliases: []string{"throttle"}, Args: "[all|get|put [bytes [step]]]", Short: "limit how fast files are moved",
	Long: "The number is bytes in a second; k, m and g multiply, 0 takes the limit away. Alone it shows the limits. " +
		"The step is by how much the signals SIGUSR1 and SIGUSR2 raise and lower them, also while a file is moved.",
	Examples: []Example{{"rate get 100k", "leave the line some room"}, {"rate all 0", "as fast as it goes"}},
	Max:      3, Complete: []completion.Kind{completion.None}, Run: setRate,
}}

// limits are the speed limits for the two directions.
type limits struct {
	get, put limit
}

// limit is one speed limit. Its limiter lasts, so that it can change while a
// file is moved.
type limit struct {
	step    int64
	limiter *rate.Limiter
}

// usualStep is by how much a signal changes a limit unless told otherwise.
const usualStep = 1024

func setRate(_ context.Context, c *Call) error {
	rows, known := map[string][]string{"": {"rate-get", "rate-put"}, "all": {"rate-get", "rate-put"},
		"get": {"rate-get"}, "put": {"rate-put"}}[c.Arg(0)]
	if !known {
		return c.Usage("%s is none of all, get, put", c.Arg(0))
	}
	var step int64
	if len(c.Args) == 3 {
		var err error
		if step, err = parseBytes(c.Arg(2)); err != nil {
			return c.Usage("%s", err)
		}
	}
	for _, name := range rows {
		row, err := findSetting(name)
		if err != nil {
			return err
		}
		if len(c.Args) < 2 {
			err = c.Print("%s %s", name[len("rate-"):], row.show(&c.Shell.Settings))
		} else if err = c.changed(row, c.Arg(1)); err == nil {
			c.Shell.limitFor(name == "rate-get").step = step
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (sh *Shell) limitFor(download bool) *limit {
	if download {
		return &sh.limits.get
	}
	return &sh.limits.put
}

// useRates makes the limits what the settings say.
func (sh *Shell) useRates() {
	sh.limits.get.set(sh.Settings.RateGet)
	sh.limits.put.set(sh.Settings.RatePut)
}

func (l *limit) set(bytes int64) {
	if l.limiter == nil {
		l.limiter = rate.NewLimiter(rate.Inf, transfer.LimitBurst)
	}
	l.limiter.SetLimit(perSecond(bytes))
}

func perSecond(bytes int64) rate.Limit {
	if bytes == 0 {
		return rate.Inf
	}
	return rate.Limit(bytes)
}

// limiter is the limit for a transfer; nil where there is none.
func (sh *Shell) limiter(op transfer.Op) *rate.Limiter {
	l := sh.limitFor(op == transfer.Download)
	if l.limiter == nil || l.limiter.Limit() == rate.Inf {
		return nil
	}
	return l.limiter
}
