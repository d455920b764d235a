//! What a statement's event keeps of the session it ran in. Models the constructor of
//! `Query_log_event` (sql/log_event.cc).

use super::Mysqld;
use crate::mysql::binlog::Setting;
use crate::mysql::data::{Charset, Zone};
use crate::mysql::run::{Session, collation_number};

/// Bits of sql_mode (`MODE_…` of sql/query_options.h and sql/system_variables.h).
const MODES: [(&str, u64); 19] = [
    ("REAL_AS_FLOAT", 1),
    ("PIPES_AS_CONCAT", 1 << 1),
    ("ANSI_QUOTES", 1 << 2),
    ("IGNORE_SPACE", 1 << 3),
    ("ONLY_FULL_GROUP_BY", 1 << 5),
    ("NO_UNSIGNED_SUBTRACTION", 1 << 6),
    ("NO_DIR_IN_CREATE", 1 << 7),
    ("NO_KEY_OPTIONS", 1 << 13),
    ("NO_AUTO_VALUE_ON_ZERO", 1 << 19),
    ("NO_BACKSLASH_ESCAPES", 1 << 20),
    ("STRICT_TRANS_TABLES", 1 << 21),
    ("STRICT_ALL_TABLES", 1 << 22),
    ("NO_ZERO_IN_DATE", 1 << 23),
    ("NO_ZERO_DATE", 1 << 24),
    ("ALLOW_INVALID_DATES", 1 << 25),
    ("ERROR_FOR_DIVISION_BY_ZERO", 1 << 26),
    ("NO_AUTO_CREATE_USER", 1 << 28),
    ("HIGH_NOT_PRECEDENCE", 1 << 29),
    ("NO_ENGINE_SUBSTITUTION", 1 << 30),
];

/// The rest: the highest bit, and the names that stand for several (`expand_sql_mode`).
const MORE: [(&str, u64); 3] = [
    ("PAD_CHAR_TO_FULL_LENGTH", 1 << 31),
    ("ANSI", 1 << 18 | 1 << 5 | 0xf),
    ("TRADITIONAL", 1 << 27 | 1 << 30 | 1 << 28 | 1 << 26 | 0xf << 21),
];

/// `SET foreign_key_checks = 0` and its like (`OPTION_…` of sql/query_options.h): the bit, and
/// whether the variable is ON where it is not set.
const FLAGS: [(&str, u32, bool); 3] = [
    ("sql_auto_is_null", 1 << 14, false),
    ("foreign_key_checks", 1 << 26, true),
    ("unique_checks", 1 << 27, true),
];

/// A list of modes as a number.
pub(super) fn mode_bits(modes: &str) -> u64 {
    let bits = |mode: &str| MODES.iter().chain(&MORE).find(|(name, _)| *name == mode);
    modes.split(',').filter_map(bits).fold(0, |all, (_, bits)| all | bits)
}

/// A number as a list of modes; `None`: some of its bits are not modelled.
pub(super) fn mode_names(number: u64) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = number;
    for (name, bits) in MODES.iter().chain(&MORE) {
        if rest & bits != 0 && bits.is_power_of_two() {
            names.push(name);
            rest &= !bits;
        }
    }
    (rest == 0).then(|| names.join(","))
}

impl Mysqld {
    /// What an event keeps of this session.
    pub(super) fn setting(&self, session: &Session) -> Setting {
        let of = |name: &str| session.vars.get(name).map_or(self.global(name), String::as_str);
        let number = |name: &str| of(name).parse().unwrap_or(1);
        let flags = FLAGS.into_iter().filter(|(name, _, normal)| {
            session.vars.get(*name).is_some_and(|value| (value == "ON" || value == "1") != *normal)
        });
        let client = match of("character_set_client") {
            "" => "latin1",
            name => name,
        };
        Setting {
            flags: flags.fold(0, |all, (_, bit, _)| all | bit),
            sql_mode: mode_bits(of("sql_mode")),
            charset: [
                Charset::parse(client).map_or("", Charset::collation),
                of("collation_connection"),
                of("collation_server"),
            ]
            .map(|collation| collation_number(collation).unwrap_or(8)),
            steps: (number("auto_increment_increment"), number("auto_increment_offset")),
            zone: Zone::parse(of("time_zone")).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{mode_bits, mode_names};

    #[test]
    fn modes_are_the_numbers_of_published_listings() {
        let all = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,\
                   ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION";
        let without_groups = all.trim_start_matches("ONLY_FULL_GROUP_BY,");
        let rows = [
            (all, 1_436_549_152),
            (without_groups, 1_436_549_120),
            ("NO_ENGINE_SUBSTITUTION", 1_073_741_824),
            ("STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION", 1_075_838_976),
            ("NO_AUTO_VALUE_ON_ZERO", 524_288),
            ("", 0),
        ];
        for (modes, number) in rows {
            assert_eq!(mode_bits(modes), number, "{modes}");
            assert_eq!(mode_names(number).as_deref(), Some(modes));
        }
        assert_eq!(mode_names(1 << 40), None);
    }
}
