// Package docs holds the written documentation and the tests that keep it true.
package docs
