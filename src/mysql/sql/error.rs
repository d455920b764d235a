//! MySQL's errors: number, SQLSTATE and text.

use serde::{Deserialize, Serialize};

/// An error as the server sends it to a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct SqlError {
    /// MySQL's number (`ER_…` in mysqld_error.h).
    pub code: u16,
    /// Five characters of SQLSTATE.
    pub state: String,
    /// The text.
    pub message: String,
}

impl SqlError {
    /// An error with this number; the SQLSTATE is looked up.
    pub fn new(code: u16, message: impl Into<String>) -> SqlError {
        SqlError { code, state: state_of(code).to_string(), message: message.into() }
    }

    /// A statement that MySQL would accept and this model does not know. Marked as ours.
    pub fn not_modelled(what: impl std::fmt::Display) -> SqlError {
        SqlError::new(
            1235,
            format!("[Ordinal] valid in MySQL 5.7, but this model does not execute it: {what}"),
        )
    }

    /// `ERROR 1064`, for the rest of a statement that begins at byte `at` of `text`.
    pub fn syntax(text: &str, at: usize) -> SqlError {
        let rest = text.get(at..).unwrap_or("");
        let near: String = rest.chars().take(80).collect();
        let line = 1 + text.get(..at).unwrap_or(text).matches('\n').count();
        SqlError::new(
            1064,
            format!(
                "You have an error in your SQL syntax; check the manual that corresponds to your \
                 MySQL server version for the right syntax to use near '{near}' at line {line}"
            ),
        )
    }

    /// As the client prints it.
    pub fn line(&self) -> String {
        format!("ERROR {} ({}): {}", self.code, self.state, self.message)
    }
}

/// The SQLSTATE of an error number. Models `sql/share/errmsg-utf8.txt` of 5.7.
fn state_of(code: u16) -> &'static str {
    match code {
        1022 | 1062 | 1169 | 1216 | 1217 | 1451 | 1452 | 1048 | 1052 => "23000",
        1044 | 1049 | 1064 | 1065 | 1055 | 1056 | 1060 | 1061 | 1063 | 1066 | 1067 | 1068 => {
            state_of_syntax(code)
        }
        1045 => "28000",
        1040 | 1042 | 1043 | 1047 | 1053 | 1153 => "08S01",
        1046 => "3D000",
        1050 => "42S01",
        1051 | 1109 | 1146 => "42S02",
        1054 | 1072 => "42S22",
        1136 | 1241 | 1222 => "21S01",
        1142 | 1143 | 1101 | 1103 | 1110 | 1113 | 1115 | 1149 | 1227 | 1231 | 1235 | 1305 => {
            "42000"
        }
        1075 | 1071 | 1074 | 1070 | 1059 | 1102 | 1171 | 1091 | 1090 | 1140 | 1141 | 1461 => {
            "42000"
        }
        1264 => "22003",
        1265 => "01000",
        1292 => "22007",
        1365 => "22012",
        1406 => "22001",
        1242 => "21000",
        1213 => "40001",
        1317 => "70100",
        1425..=1427 => "42000",
        _ => "HY000",
    }
}

fn state_of_syntax(code: u16) -> &'static str {
    match code {
        1060 => "42S21",
        _ => "42000",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_error_names_the_rest_and_the_line() {
        let text = "SELECT 1\nFORM t";
        assert_eq!(
            SqlError::syntax(text, 9).line(),
            "ERROR 1064 (42000): You have an error in your SQL syntax; check the manual that \
             corresponds to your MySQL server version for the right syntax to use near 'FORM t' \
             at line 2"
        );
    }
}
