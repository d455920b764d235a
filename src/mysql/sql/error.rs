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
            format!("[Ordinal] valid in MySQL, but this model does not execute it: {what}"),
        )
    }

    /// Whether this model says it, and no server.
    pub fn is_ours(&self) -> bool {
        self.message.starts_with("[Ordinal]")
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

/// SQLSTATEs other than HY000, with the error numbers they belong to: first, last. From
/// `share/errmsg-utf8.txt` of 5.6.
const STATES: &[(&str, &[(u16, u16)])] = &[
    ("01000", &[(1249, 1249), (1261, 1262), (1265, 1265), (1311, 1311), (1642, 1642)]),
    ("02000", &[(1329, 1329), (1643, 1643)]),
    ("08004", &[(1040, 1040), (1251, 1251)]),
    (
        "08S01",
        &[
            (1042, 1043),
            (1047, 1047),
            (1053, 1053),
            (1080, 1081),
            (1152, 1161),
            (1184, 1184),
            (1189, 1190),
            (1218, 1218),
        ],
    ),
    ("0A000", &[(1312, 1312), (1314, 1314), (1335, 1336), (1415, 1415), (1845, 1846)]),
    ("0K000", &[(1645, 1645)]),
    ("20000", &[(1339, 1339)]),
    ("21000", &[(1222, 1222), (1241, 1242)]),
    ("21S01", &[(1058, 1058), (1136, 1136)]),
    ("22001", &[(1406, 1406)]),
    ("22003", &[(1264, 1264), (1416, 1416), (1690, 1690)]),
    ("22004", &[(1138, 1138), (1263, 1263)]),
    ("22007", &[(1292, 1292), (1367, 1367)]),
    ("22008", &[(1441, 1441)]),
    ("22012", &[(1365, 1365)]),
    (
        "23000",
        &[
            (1022, 1022),
            (1048, 1048),
            (1052, 1052),
            (1062, 1062),
            (1169, 1169),
            (1216, 1217),
            (1451, 1452),
            (1557, 1557),
            (1586, 1586),
            (1761, 1762),
            (1859, 1859),
        ],
    ),
    ("24000", &[(1325, 1326)]),
    ("25000", &[(1179, 1179), (1207, 1207)]),
    ("25001", &[(1568, 1568)]),
    ("25006", &[(1792, 1792)]),
    ("28000", &[(1045, 1045), (1698, 1698), (1873, 1873)]),
    ("2F003", &[(1303, 1303)]),
    ("2F005", &[(1321, 1321)]),
    ("35000", &[(1758, 1758)]),
    ("3D000", &[(1046, 1046)]),
    ("40001", &[(1213, 1213)]),
    (
        "42000",
        &[
            (1044, 1044),
            (1049, 1049),
            (1055, 1057),
            (1059, 1059),
            (1061, 1061),
            (1063, 1075),
            (1083, 1084),
            (1090, 1091),
            (1101, 1104),
            (1106, 1107),
            (1110, 1110),
            (1112, 1113),
            (1115, 1115),
            (1118, 1118),
            (1120, 1121),
            (1131, 1133),
            (1139, 1145),
            (1147, 1149),
            (1162, 1164),
            (1166, 1167),
            (1170, 1173),
            (1176, 1178),
            (1203, 1203),
            (1211, 1211),
            (1226, 1227),
            (1230, 1232),
            (1234, 1235),
            (1239, 1239),
            (1248, 1248),
            (1250, 1250),
            (1252, 1253),
            (1280, 1281),
            (1286, 1286),
            (1304, 1305),
            (1308, 1310),
            (1313, 1313),
            (1315, 1316),
            (1318, 1320),
            (1322, 1324),
            (1327, 1327),
            (1330, 1333),
            (1337, 1338),
            (1370, 1370),
            (1403, 1403),
            (1407, 1407),
            (1410, 1410),
            (1413, 1414),
            (1425, 1427),
            (1437, 1437),
            (1439, 1439),
            (1453, 1453),
            (1458, 1458),
            (1460, 1461),
            (1463, 1463),
            (1582, 1584),
            (1630, 1630),
            (1641, 1641),
            (1687, 1687),
            (1701, 1701),
        ],
    ),
    ("42S01", &[(1050, 1050)]),
    ("42S02", &[(1051, 1051), (1109, 1109), (1146, 1146)]),
    ("42S12", &[(1082, 1082)]),
    ("42S21", &[(1060, 1060)]),
    ("42S22", &[(1054, 1054), (1247, 1247)]),
    ("70100", &[(1317, 1317)]),
    ("HY001", &[(1037, 1038)]),
    ("XA100", &[(1402, 1402)]),
    ("XA102", &[(1614, 1614)]),
    ("XA106", &[(1613, 1613)]),
    ("XAE03", &[(1401, 1401)]),
    ("XAE04", &[(1397, 1397)]),
    ("XAE05", &[(1398, 1398)]),
    ("XAE07", &[(1399, 1399)]),
    ("XAE08", &[(1440, 1440)]),
    ("XAE09", &[(1400, 1400)]),
];

/// The SQLSTATE of an error number.
fn state_of(code: u16) -> &'static str {
    let has = |(_, ranges): &&(&str, &[(u16, u16)])| {
        ranges.iter().any(|(first, last)| (*first..=*last).contains(&code))
    };
    STATES.iter().find(has).map_or("HY000", |(state, _)| state)
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
