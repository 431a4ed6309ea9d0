"""Tampering with tests for jest and vitest, and what only looks like it."""

from __future__ import annotations

from tests.unit.agents.guards.diffs import change, example

PATH = "src/bells.test.ts"
BELLS = """\
import { big, small, weight } from "./bells";

describe("bells", () => {
  it("says ting", () => {
    expect(small()).toEqual("ting");
    expect(small().length).toBe(4);
  });

  it("says bong", async () => {
    expect(await big()).toBe("bong"); // (heavy)
  });

  test("weighs", () => {
    expect(weight()).toBeCloseTo(2.5, 5);
  });
});
"""
EACH = """\
test.each([
  [1, "ting"],
  [2, "ting ting"],
  [0, ""],
])("rings %i", (times, sound) => {
  expect(ring(times)).toBe(sound);
});
"""
REPEATED = """\
test("rings one", () => {
  expect(ring(1)).toBe("ting");
});

test("rings two", () => {
  expect(ring(2)).toBe("ting ting");
});

test("rings none", () => {
  expect(ring(0)).toBe("");
});
"""


def became(name, old, new, fires="", text=BELLS, path=PATH):
    assert old in text, old
    return example(name, change(path, text, text.replace(old, new)), fires=fires)


BONG = '  it("says bong", async () => {\n    expect(await big()).toBe("bong"); // (heavy)\n  });\n\n'
FIRES = (
    became("a test is deleted", BONG, "", "test-removed"),
    example("a test file is deleted", change(PATH, BELLS, None), fires="test-removed"),
    became("a test is skipped", 'it("says bong"', 'it.skip("says bong"', "skipped"),
    became("a test gets an x", 'it("says bong"', 'xit("says bong"', "skipped"),
    became("a group is skipped", "describe(", "describe.skip(", "skipped"),
    became("one test alone runs", 'it("says bong"', 'it.only("says bong"', "skipped"),
    became("a test becomes a plan", BONG, '  it.todo("says bong");\n\n', "skipped"),
    became("equality becomes truth", '.toEqual("ting")', ".toBeTruthy()", "weakened"),
    became("equality becomes existence", '.toBe("bong")', ".toBeDefined()", "weakened"),
    became("an assertion is removed", "    expect(small().length).toBe(4);\n", "", "assertions-removed"),
    became("it is emptied", '    expect(await big()).toBe("bong"); // (heavy)\n', "", "emptied"),
    became("it asserts true", 'expect(await big()).toBe("bong")', "expect(true).toBe(true)", "vacuous"),
    became("digits are fewer", "2.5, 5", "2.5, 0", "tolerance"),
    became(
        "a handler catches the failure", '    expect(await big()).toBe("bong"); // (heavy)\n',
        '    try {\n      expect(await big()).toBe("bong");\n    } catch (error) {\n      console.log(error);\n    }\n', "swallowed",
    ),
    became("it returns at once", '    expect(await big())', '    return;\n    expect(await big())', "early-return"),
    became("an assertion becomes a comment", '    expect(small().length)', '    // expect(small().length)', "assertions-removed"),
    became("a row is taken out of the table", '  [0, ""],\n', "", "test-removed", EACH),
    became("a value is changed", '"bong")', '"clonk")', "expectation"),
)  # fmt: skip
SILENT = (
    became("a test is renamed", "says bong", "says bong loudly"),
    became("a group is renamed", 'describe("bells"', 'describe("all bells"'),
    became("it becomes test", 'it("says bong"', 'test("says bong"'),
    became("a test is added", BONG, BONG + BONG.replace("says bong", "rings").replace("big()", "small()")),
    became("an assertion is added", '    expect(small().length)', '    expect(small()).not.toBe("");\n    expect(small().length)'),
    became("toBe becomes toStrictEqual", '.toBe("bong")', '.toStrictEqual("bong")'),
    became("digits are more", "2.5, 5", "2.5, 6"),
    example("three tests become a table", change(PATH, REPEATED, EACH)),
    example("a table becomes three tests", change(PATH, EACH, REPEATED)),
    example("a file moves", change("src/other.test.ts", BELLS, BELLS, was=PATH)),
    became("skip stands in a text", "says ting", "says it.skip( and xit("),
    became("brackets stand in a text", '// (heavy)', '// ((( } heavy `'),
    became("the code is formatted", '    expect(small()).toEqual("ting");', '    expect(\n      small(),\n    ).toEqual("ting");'),
    example("code that is no test", change("src/bells.ts", "expect(1).toBe(1);\n", "it.skip('x', () => {});\n")),
)  # fmt: skip
