//! Character sets and collations.

use serde::{Deserialize, Serialize};

/// A character set with one of its collations: an index into [`COLLATIONS`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Charset(u8);

/// A collation: name, character set, bytes of the longest character, whether the set's default.
const COLLATIONS: [(&str, &str, u32, bool); 22] = [
    ("latin1_swedish_ci", "latin1", 1, true),
    ("latin1_bin", "latin1", 1, false),
    ("latin1_general_ci", "latin1", 1, false),
    ("latin1_general_cs", "latin1", 1, false),
    ("utf8_general_ci", "utf8", 3, true),
    ("utf8_bin", "utf8", 3, false),
    ("utf8_unicode_ci", "utf8", 3, false),
    ("utf8mb4_general_ci", "utf8mb4", 4, true),
    ("utf8mb4_bin", "utf8mb4", 4, false),
    ("utf8mb4_unicode_ci", "utf8mb4", 4, false),
    ("utf8mb4_unicode_520_ci", "utf8mb4", 4, false),
    ("ascii_general_ci", "ascii", 1, true),
    ("ascii_bin", "ascii", 1, false),
    ("gbk_chinese_ci", "gbk", 2, true),
    ("gbk_bin", "gbk", 2, false),
    ("gb2312_chinese_ci", "gb2312", 2, true),
    ("gb2312_bin", "gb2312", 2, false),
    ("big5_chinese_ci", "big5", 2, true),
    ("gb18030_chinese_ci", "gb18030", 4, true),
    ("ucs2_general_ci", "ucs2", 2, true),
    ("utf16_general_ci", "utf16", 4, true),
    ("binary", "binary", 1, true),
];

impl Charset {
    /// What a server begins with: latin1, latin1_swedish_ci.
    pub const LATIN1: Charset = Charset(0);

    fn row(self) -> &'static (&'static str, &'static str, u32, bool) {
        &COLLATIONS[usize::from(self.0) % COLLATIONS.len()]
    }

    fn find(fits: impl Fn(&(&str, &str, u32, bool)) -> bool) -> Option<Charset> {
        COLLATIONS.iter().position(fits).map(|at| Charset(at as u8))
    }

    /// By the name of the set, with its default collation.
    pub fn parse(name: &str) -> Option<Charset> {
        let name = name.to_ascii_lowercase();
        let name = if name == "utf8mb3" { "utf8" } else { &name };
        Charset::find(|(_, set, _, default)| *default && *set == name)
    }

    /// By the name of the collation.
    pub fn of_collation(name: &str) -> Option<Charset> {
        Charset::find(|(collation, ..)| collation.eq_ignore_ascii_case(name))
    }

    /// The set's name in 5.7.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The collation's name.
    pub fn collation(self) -> &'static str {
        self.row().0
    }

    /// Whether the collation is the set's default one.
    pub fn is_default(self) -> bool {
        self.row().3
    }

    /// Bytes of its longest character.
    pub fn bytes_max(self) -> u32 {
        self.row().2
    }

    /// Whether it is a form of UTF-8.
    pub fn is_utf8(self) -> bool {
        self.name().starts_with("utf8")
    }

    /// The set's collation that compares byte for byte.
    pub fn binary(self) -> Charset {
        let name = format!("{}_bin", self.name());
        Charset::of_collation(&name).unwrap_or(self)
    }

    /// Whether it compares byte for byte.
    pub fn is_binary(self) -> bool {
        self.collation().ends_with("_bin") || self.name() == "binary"
    }
}
