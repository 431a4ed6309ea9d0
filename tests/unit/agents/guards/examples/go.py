"""Tampering with tests for go, and what only looks like it."""

from __future__ import annotations

from tests.unit.agents.guards.diffs import change, example

PATH = "bells_test.go"
BELLS = """\
package bells

import "testing"

func TestSmall(t *testing.T) {
	if got := Small(); got != "ting" {
		t.Errorf("got %q", got)
	}
	if len(Small()) != 4 {
		t.Error("length")
	}
}

func TestBig(t *testing.T) {
	require.Equal(t, "bong", Big())
	assert.Len(t, Big(), 4)
}

func TestRing(t *testing.T) {
	tests := []struct {
		times int
		want  string
	}{
		{1, "ting"},
		{2, "ting ting"},
		{0, ""},
	}
	for _, tt := range tests {
		if got := Ring(tt.times); got != tt.want {
			t.Errorf("got %q {", got)
		}
	}
}
"""


def became(name, old, new, fires="", text=BELLS, path=PATH):
    assert old in text, old
    return example(name, change(path, text, text.replace(old, new)), fires=fires)


BIG = 'func TestBig(t *testing.T) {\n\trequire.Equal(t, "bong", Big())\n\tassert.Len(t, Big(), 4)\n}\n\n'
EQUAL = 'require.Equal(t, "bong", Big())'
LENGTH = '\tif len(Small()) != 4 {\n\t\tt.Error("length")\n\t}\n'
FIRES = (
    became("a test is deleted", BIG, "", "test-removed"),
    example("a test file is deleted", change(PATH, BELLS, None), fires="test-removed"),
    became("a test loses its prefix", "func TestBig", "func testBig", "test-removed"),
    became("a test is skipped", "func TestBig(t *testing.T) {\n", 'func TestBig(t *testing.T) {\n\tt.Skip("later")\n', "skipped"),
    became("a test is skipped when short", "func TestBig(t *testing.T) {\n", "func TestBig(t *testing.T) {\n\tif testing.Short() {\n\t\tt.SkipNow()\n\t}\n", "skipped"),
    became("a file is for no build", "package bells\n", "//go:build ignore\n\npackage bells\n", "skipped"),
    became("equality becomes existence", EQUAL, "require.NotNil(t, Big())", "weakened"),
    became("a condition becomes weaker", 'got != "ting"', "got == nil", "weakened"),
    became("a condition never holds", 'if got := Small(); got != "ting" {', "if false {", "vacuous"),
    became("it compares a thing with itself", EQUAL, "require.Equal(t, Big(), Big())", "weakened"),
    became("an assertion is removed", LENGTH, "", "assertions-removed"),
    became("an assertion becomes a comment", "\tassert.Len", "\t// assert.Len", "assertions-removed"),
    became("a failure becomes a note", 't.Error("length")', 't.Log("length")', "assertions-removed"),
    became("it is emptied", '\trequire.Equal(t, "bong", Big())\n\tassert.Len(t, Big(), 4)\n', "\t_ = Big()\n", "emptied"),
    became("it returns at once", "func TestBig(t *testing.T) {\n", "func TestBig(t *testing.T) {\n\treturn\n", "early-return"),
    became("a row is taken out of the table", '\t\t{0, ""},\n', "", "test-removed"),
)  # fmt: skip
SILENT = (
    became("a test is renamed", "func TestBig", "func TestTheBigOne"),
    became("a test is added", BIG, BIG + BIG.replace("TestBig", "TestBigAgain")),
    became("an assertion is added", EQUAL, EQUAL + '\n\trequire.NotEmpty(t, Big())'),
    became("a row is added", '\t\t{0, ""},\n', '\t\t{0, ""},\n\t\t{-1, ""},\n'),
    became("a message changes", '"got %q"', '"Small() = %q, want ting"'),
    became("an error becomes fatal", 't.Error("length")', 't.Fatal("length")'),
    became("require becomes assert", EQUAL, 'assert.Equal(t, "bong", Big())'),
    became("skip stands in a text", 't.Error("length")', 't.Error("t.Skip() { length")'),
    became("a comment is added", "func TestBig", "// t.Skip() would be wrong.\nfunc TestBig"),
    example("a file moves", change("ring_test.go", BELLS, BELLS, was=PATH)),
    example("code that is no test", change("bells.go", 'func TestX(t *testing.T) {\n\tt.Error("x")\n}\n', "package bells\n")),
)  # fmt: skip
