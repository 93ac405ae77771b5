// Package docs holds the written documentation, makes the pages that come from the program's tables, and has the tests
// that keep all of it true.
package docs
