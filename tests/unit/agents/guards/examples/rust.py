"""Tampering with tests for cargo, and what only looks like it."""

from __future__ import annotations

from tests.unit.agents.guards.diffs import change, example

PATH = "src/bells.rs"
BELLS = """\
pub fn small() -> &'static str { "ting" }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_ting() {
        assert_eq!(small(), "ting");
        assert!(small().len() > 3);
    }

    #[test]
    fn says_bong() {
        let sound = 'b';
        assert_eq!(big(), "bong", "the {} bell", sound);
    }

    #[tokio::test]
    async fn rings() {
        assert!(ring().await.is_ok());
    }
}
"""


def became(name, old, new, fires="", text=BELLS, path=PATH):
    assert old in text, old
    return example(name, change(path, text, text.replace(old, new)), fires=fires)


TING = '    #[test]\n    fn says_ting() {\n        assert_eq!(small(), "ting");\n        assert!(small().len() > 3);\n    }\n\n'
EQUAL = 'assert_eq!(small(), "ting");'
FIRES = (
    became("a test is deleted", TING, "", "test-removed"),
    became("a test loses its attribute", "    #[test]\n    fn says_ting", "    fn says_ting", "test-removed"),
    became("a test is ignored", "#[test]\n    fn says_ting", "#[test]\n    #[ignore]\n    fn says_ting", "skipped"),
    became("a test is ignored with a reason", "#[test]\n    fn says_ting", '#[test]\n    #[ignore = "slow"]\n    fn says_ting', "skipped"),
    became("a test is only for a feature", "#[test]\n    fn says_ting", '#[cfg(feature = "never")]\n    #[test]\n    fn says_ting', "skipped"),
    became("equality becomes truth", EQUAL, "assert!(!small().is_empty());", "weakened"),
    became("equality becomes difference", EQUAL, 'assert_ne!(small(), "");', "weakened"),
    became("it asserts true", EQUAL, "assert!(true);", "vacuous"),
    became("it compares a thing with itself", EQUAL, "assert_eq!(small(), small());", "weakened"),
    became("an assertion is removed", "        assert!(small().len() > 3);\n", "", "assertions-removed"),
    became("an assertion becomes a comment", "        assert!(small()", "        // assert!(small()", "assertions-removed"),
    became("it is emptied", "        assert!(ring().await.is_ok());\n", "        let _ = ring().await;\n", "emptied"),
    became("it returns at once", "    fn says_ting() {\n", "    fn says_ting() {\n        return;\n", "early-return"),
    example("a test file is deleted", change("tests/ring.rs", "#[test]\nfn rings() {\n    assert_eq!(1, one());\n}\n", None), fires="test-removed"),
)  # fmt: skip
SILENT = (
    became("a test is renamed", "fn says_ting", "fn says_ting_always"),
    became("a test is added", TING, TING + TING.replace("says_ting", "says_it_again")),
    became("an assertion is added", EQUAL, EQUAL + '\n        assert_ne!(small(), "bong");'),
    became("truth becomes equality", "assert!(small().len() > 3);", "assert_eq!(small().len(), 4);"),
    became("a message is added", EQUAL, 'assert_eq!(small(), "ting", "cracked");', "expectation".replace("expectation", "")),
    became("the code changes and the tests do not", '{ "ting" }', '{ "ting" /* [ignore] */ }'),
    became("ignore stands in a comment", "    #[test]\n    fn says_ting", "    // #[ignore] is not needed\n    #[test]\n    fn says_ting"),
    became("the runtime is given", "#[tokio::test]", '#[tokio::test(flavor = "multi_thread")]'),
    example("a file moves", change("src/sounds.rs", BELLS, BELLS, was=PATH)),
    example("code that has no tests", change("src/lib.rs", "fn a() { assert!(x > 1); }\n", "fn a() {}\n")),
)  # fmt: skip
