//! The texts that `mysqldump` writes around what it copies.

use crate::mysql::server::is_8;

/// As `mysql_real_escape_string` does it.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' => out.push_str("\\0"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '\u{1a}' => out.push_str("\\Z"),
            c => out.push(c),
        }
    }
    out
}

/// What sets up the session that plays the dump, as a release writes it.
pub(super) fn head(release: &str) -> String {
    match is_8(release) {
        true => HEAD_OF_5_7.replace("/*!40101 SET NAMES utf8 */", "/*!50503 SET NAMES utf8mb4 */"),
        false => HEAD_OF_5_7.to_string(),
    }
}

/// What comes before a table's statement.
pub(super) fn table_head(release: &str) -> &'static str {
    match is_8(release) {
        true => {
            "/*!40101 SET @saved_cs_client     = @@character_set_client */;\n/*!50503 SET \
             character_set_client = utf8mb4 */;\n"
        }
        false => {
            "/*!40101 SET @saved_cs_client     = @@character_set_client */;\n/*!40101 SET \
             character_set_client = utf8 */;\n"
        }
    }
}

/// Of a dump that does not hold all that its set of transactions names.
pub(super) const PARTIAL: &str = "\
Warning: A partial dump from a server that has GTIDs will by default include the GTIDs of all \
transactions, even those that changed suppressed parts of the database. If you don't want to \
restore GTIDs, pass --set-gtid-purged=OFF. To make a complete dump, pass --all-databases \
--triggers --routines --events. \n";

/// Of a dump that is not taken at one moment; 8.0 says it too.
pub(super) const UNLOCKED: &str = "\
Warning: A dump from a server that has GTIDs enabled will by default include the GTIDs of all \
transactions, even those that were executed during its extraction and might not be represented \
in the dumped data. This might result in an inconsistent data dump. \nIn order to ensure a \
consistent backup of the database, pass --single-transaction or --lock-all-tables or \
--master-data. \n";

const HEAD_OF_5_7: &str = "\
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
";

pub(super) const TAIL: &str = "\
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

";
